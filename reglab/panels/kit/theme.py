"""What style sheets and scripts of panels know of :mod:`reglab.look`, as custom properties."""

from reglab import look

_ARROW = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='16' height='16' "
    f"fill='none' stroke='%23{look.ARROW[1:]}' stroke-width='1.75' stroke-linecap='round' "
    "stroke-linejoin='round'%3E%3Cpath d='M4.5 6.5 8 10l3.5-3.5'/%3E%3C/svg%3E"
)
_FONT = 'var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", sans-serif)'


def themed(text: str) -> str:
    """A style sheet with the custom properties before it, and the widths at which it folds.

    >>> themed("@container (--phone) {}").splitlines()[-1]
    '@container (max-width: 440px) {}'
    """
    for name, width in look.FOLDS.items():
        text = text.replace(f"@container (--{name})", f"@container (max-width: {width}px)")
    light, dark = properties(), properties(is_dark=True)
    changed = {name: value for name, value in dark.items() if light[name] != value}
    return _rule("&", light) + _rule('&[data-scheme="dark"]', changed) + text


def properties(*, is_dark: bool = False) -> dict[str, str]:
    """Each custom property and its value, on light ground or on dark.

    >>> properties()["--rl-map-strength"], properties(is_dark=True)["--rl-map-strength"]
    ('0.52', '0.56')
    """
    colours = look.DARK if is_dark else look.LIGHT
    numbers = look.DARK_NUMBERS if is_dark else look.NUMBERS
    ground = "var(--rl-surface)"
    made = {
        "surface": f"var(--jp-layout-color0, {look.PAPER})",
        "ink": f"var(--jp-ui-font-color1, {_clear(look.BLACK, look.INK)})",
        "muted": _inked(look.MUTED, ground),
        "hairline": _inked(look.HAIRLINE, ground),
        "wash": _inked(look.WASH, ground),
        "grid": _inked(look.GRID, ground),
        "region": _inked(look.REGION, "transparent"),
        "brand": f"var(--jp-brand-color1, {look.BRAND})",
        "on-brand": look.PAPER,
        **colours._asdict(),
        "red-soft": _clear(colours.red, numbers.region_witness),
        "arrow": f'url("{_ARROW}")',
        "font": _FONT,
        **{name: f"{value:g}" for name, value in numbers._asdict().items()},
    }
    return {f"--rl-{name.replace('_', '-')}": value for name, value in made.items()}


def _inked(share: float, ground: str) -> str:
    black = f"var(--jp-ui-font-color0, {look.BLACK})"
    return f"color-mix(in srgb, {black} {100 * share:g}%, {ground})"


def _clear(colour: str, opacity: float) -> str:
    red, green, blue = look.rgb(colour)
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def _rule(selector: str, values: dict[str, str]) -> str:
    lines = "".join(f"  {name}: {value};\n" for name, value in values.items())
    return f"{selector} {{\n{lines}}}\n"
