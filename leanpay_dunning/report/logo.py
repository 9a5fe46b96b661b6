"""The company's logo, read, scaled down and compressed once per process."""
import io
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image
from reportlab.pdfbase.pdfdoc import PDFImageXObject

from .errors import LetterError

BOX_MM = (62.0, 19.0)
DPI = 300
# what an honest logo never reaches; a small file may unpack to gigabytes
MAX_PIXELS = 60_000_000


@dataclass(frozen=True)
class Logo:
    """An RGB picture ready to embed: `data` is deflated, sizes of the picture in pixels and on paper in mm."""

    name: str
    width: int
    height: int
    width_mm: float
    height_mm: float
    data: bytes

    def draw(self, canvas, x, y, width, height):
        """Draw the picture on a reportlab canvas, in points.

        Canvas.drawImage would compress the picture again for each letter, this embeds it as it is.
        """
        document = canvas._doc
        name = document.getXObjectName(self.name)
        if name not in document.idToObject:
            image = PDFImageXObject(self.name)
            image.width, image.height, image.bitsPerComponent = self.width, self.height, 8
            image.colorSpace, image._filters, image.streamContent = 'DeviceRGB', ('FlateDecode',), self.data
            document.Reference(image, name)
            document.addForm(self.name, image)
        canvas.saveState()
        canvas.translate(x, y)
        canvas.scale(width, height)
        canvas.doForm(self.name)
        canvas.restoreState()


@lru_cache(maxsize=32)
def read_logo(content):
    """Return the `Logo` of PNG or JPEG bytes, at most 300 dpi in its place; raise `LetterError` if it is none."""
    try:
        with Image.open(io.BytesIO(content), formats=('PNG', 'JPEG')) as picture:
            if not (_is_whole_png if picture.format == 'PNG' else _is_whole_jpeg)(content):
                raise LetterError('logo', reason="the file is damaged or cut off")
            if picture.width * picture.height > MAX_PIXELS:
                raise LetterError('logo', reason=f"{picture.width} by {picture.height} pixels are too many")
            picture.draft('RGB', _pixels())
            flat = _on_white(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, LetterError):
            raise
        raise LetterError('logo', reason=str(error).partition('<')[0].strip() or type(error).__name__) from error
    flat.thumbnail(_pixels(), Image.Resampling.LANCZOS)
    scale = min(BOX_MM[0] / flat.width, BOX_MM[1] / flat.height)
    return Logo(
        'leanpay_logo', flat.width, flat.height, flat.width * scale, flat.height * scale,
        zlib.compress(flat.tobytes(), 9),
    )


def _is_whole_png(content):
    """Whether every chunk up to the last has the checksum it should. Pillow itself may be set to be lenient."""
    at = 8
    while at + 12 <= len(content):
        length, = struct.unpack_from('>I', content, at)
        body = content[at + 4:at + 8 + length]
        if content[at + 8 + length:at + 12 + length] != struct.pack('>I', zlib.crc32(body)):
            return False
        if body[:4] == b'IEND':
            return True
        at += 12 + length
    return False


def _is_whole_jpeg(content):
    """Whether the last scan has an end: its data never contains these markers."""
    return content.rfind(b'\xff\xd9') > content.rfind(b'\xff\xda')


def _pixels():
    return tuple(round(side / 25.4 * DPI) for side in BOX_MM)


def _on_white(picture):
    """The picture in RGB, its transparent parts white as the paper, its transparent margins cut off."""
    if picture.mode not in ('RGBA', 'LA') and 'transparency' not in picture.info:
        return picture.convert('RGB')
    picture = picture.convert('RGBA')
    picture = picture.crop(picture.getchannel('A').getbbox() or (0, 0, *picture.size))
    paper = Image.new('RGB', picture.size, 'white')
    paper.paste(picture, mask=picture.getchannel('A'))
    return paper
