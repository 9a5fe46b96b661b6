"""Lists of values that several models share. Keys are stored; labels are translated by the fields that use them."""

# The keys are the values of `engine.facts.Level`, so that the database sorts levels as the engine does.
LEVELS = [
    ('0', "Preventive"),
    ('1', "Level 1"),
    ('2', "Level 2"),
    ('3', "Level 3"),
    ('4', "Formal notice"),
    ('5', "Legal"),
]

FORMAL_NOTICE = '4'
LEGAL = '5'

CHANNELS = [
    ('email', "E-mail"),
    ('sms', "SMS"),
    ('letter', "Letter"),
    ('phone', "Phone call"),
    ('activity', "Internal activity"),
]

REMINDER_STATES = [
    ('planned', "To approve"),
    ('approved', "Approved"),
    ('sending', "Sending"),
    ('todo', "To do"),  # a call to make, a letter to post: said only when a person has done it
    ('sent', "Sent"),
    ('failed', "Failed"),
    ('uncertain', "Uncertain"),
    ('bounced', "Bounced"),
    ('void', "Void"),
]

# A reminder not yet under way may still be changed, replaced or voided by the run.
PENDING_STATES = ('planned', 'approved')
# These hold their items' steps although nothing is known to have been said: a person, or the sending, must finish them.
IN_FLIGHT_STATES = ('sending', 'todo', 'failed', 'uncertain')

HOLD_KINDS = [
    ('commercial', "Commercial decision"),
    ('insolvency', "Insolvency proceedings"),
    ('direct_debit', "Direct debit under way"),
    ('paid', "Says it is paid"),
    ('reply', "Answer to read"),
    ('bounce', "Address to repair"),
    ('other', "Other"),
]

CUSTOMER_TYPES = [
    ('professional', "Professional"),
    ('consumer', "Consumer"),
    ('public', "Public buyer"),
]

CHARGE_MENTIONS = [
    ('none', "Not mentioned"),
    ('mentioned', "Mentioned"),
    ('claimed', "Claimed"),
]

# How sure we are of a figure of law.
CONFIDENCES = [
    ('seen', "Seen in a primary source"),
    ('derived', "Derived by computation"),
    ('knowledge', "To be checked"),
    ('unverified', "Single source, unverified"),
]

# Who may see, on a partner or an entry, how somebody pays: a customer reads their own partner and invoices.
READERS = 'account.group_account_invoice,account.group_account_readonly'

# How something that a customer said came to us.
SOURCES = [
    ('call', "Phone call"),
    ('mail', "E-mail"),
    ('portal', "Portal"),
    ('letter', "Letter"),
    ('person', "Noted by a person"),
]
