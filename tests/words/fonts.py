"""A font with the letters of a language, for machines that have none."""

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reglab.words import catalogue

EM, UP, DOWN = 1000, 880, -120


def write_font(path, family, language):
    """Writes a font in which each letter of a language's messages is a square as wide as high."""
    forms = (form for _, forms in catalogue(language).of_files("") for form in forms)
    letters = {ord(letter) for form in forms for letter in form if ord(letter) > 0x2E00}
    pen = TTGlyphPen(None)
    for move, point in zip(
        [pen.moveTo, pen.lineTo, pen.lineTo, pen.lineTo],
        [(80, -40), (80, 800), (920, 800), (920, -40)],
        strict=True,
    ):
        move(point)
    pen.closePath()
    square = pen.glyph()
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder([".notdef", "square"])
    font.setupCharacterMap(dict.fromkeys(letters, "square"))
    font.setupGlyf({".notdef": square, "square": square})
    font.setupHorizontalMetrics({".notdef": (EM, 80), "square": (EM, 80)})
    font.setupHorizontalHeader(ascent=UP, descent=DOWN)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2(sTypoAscender=UP, sTypoDescender=DOWN, usWinAscent=UP, usWinDescent=-DOWN)
    font.setupPost()
    font.save(path)
    return path
