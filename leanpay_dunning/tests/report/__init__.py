from . import test_evidence_file, test_letter, test_letter_address, test_letter_fonts, test_letter_input
from . import test_letter_layout, test_paper
