"""What the window of an envelope shows of a page, in millimetres from its left and top."""

ENVELOPE = (220, 110)  # DL
PANEL = (210, 99)  # A4 folded in three
WINDOW_WIDTH, FROM_RIGHT, FROM_BOTTOM = 100, 20, 20


def visible_zone(height: int) -> dict[str, list[int]]:
    """Return the zone seen wherever the paper has slid in its envelope, as {'x': [from, to], 'y': [from, to]}.

    The paper may lie against either side: what a window always shows is what it shows in both extremes.

    :param height: of the window
    """
    slack_x, slack_y = ENVELOPE[0] - PANEL[0], ENVELOPE[1] - PANEL[1]
    left = ENVELOPE[0] - FROM_RIGHT - WINDOW_WIDTH
    top = ENVELOPE[1] - FROM_BOTTOM - height
    return {'x': [left, left + WINDOW_WIDTH - slack_x], 'y': [top, top + height - slack_y]}
