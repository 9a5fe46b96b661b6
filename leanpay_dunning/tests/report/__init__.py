from . import test_letter, test_letter_address, test_letter_fonts, test_letter_input, test_letter_layout
