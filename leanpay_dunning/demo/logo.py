"""The demo company's logo: a mountain ridge whose shadow is a plane's blade, drawn rather than shipped."""
import base64
import io

from PIL import Image, ImageDraw

DARK, ACCENT, LIGHT = '#1f3a4d', '#d9772b', '#8fa9b8'
SCALE = 4  # drawn larger, then reduced: smooth edges


def company_logo():
    """Return the logo as base64 PNG, 360 by 360 pixels on a transparent ground."""
    side = 360 * SCALE
    image = Image.new('RGBA', (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)

    def shape(points, color):
        draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=color)

    shape([(20, 290), (140, 70), (260, 290)], DARK)
    shape([(140, 70), (260, 290), (180, 290), (120, 190)], LIGHT)
    shape([(170, 290), (255, 140), (340, 290)], ACCENT)
    draw.rounded_rectangle([20 * SCALE, 302 * SCALE, 340 * SCALE, 318 * SCALE], 8 * SCALE, fill=DARK)
    buffer = io.BytesIO()
    image.resize((360, 360), Image.Resampling.LANCZOS).save(buffer, 'PNG', optimize=True)
    return base64.b64encode(buffer.getvalue())
