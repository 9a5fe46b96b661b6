"""What becomes of a statement of account that was sent."""

from .machine import Machine

STATEMENT = Machine('statement', {
    ('waiting', 'leave'): 'sent',
    ('waiting', 'fail'): 'failed',
    ('waiting', 'bounce'): 'bounced',  # the answer of the other end overtakes our own note
    ('sent', 'bounce'): 'bounced',
    ('failed', 'leave'): 'sent',  # somebody had the mail queue try again
    ('failed', 'fail'): 'failed',
    ('failed', 'again'): 'waiting',
    ('bounced', 'again'): 'waiting',
})
