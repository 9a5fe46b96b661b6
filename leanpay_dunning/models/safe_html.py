"""What people write in a message, made harmless without touching its layout."""
from lxml import etree

from odoo.tools.mail import html_normalize, html_sanitize, safe_attrs

# Mail clients need the first, screen readers the second; Odoo's own list has neither.
KEPT_ATTRIBUTES = safe_attrs | {'bgcolor', 'role'}


def safe_mail_html(html):
    """Return HTML without scripts, forms, foreign documents and unknown attributes; tables and styles stay.

    :param html: what a person wrote, from any client
    :rtype: markupsafe.Markup, or the value itself when it is empty
    :raise lxml.etree.ParserError: when it is no HTML; never a sentence about it that would go to a customer
    """
    if not html:
        return html
    # Odoo's list of attributes would take the mail's colours away, so that ours comes after.
    clean = html_sanitize(html, silent=False, sanitize_attributes=False)
    return html_normalize(clean, filter_callback=_keep_known_attributes) if clean else clean


def _keep_known_attributes(doc):
    for element in doc.iter(etree.Element):
        for name in set(element.attrib) - KEPT_ATTRIBUTES:
            del element.attrib[name]
    return doc
