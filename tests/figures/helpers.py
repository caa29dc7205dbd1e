"""Views and boxes for tests of the figures."""

from itertools import combinations

from matplotlib.text import Text

from tests.panels.kit.live_frames import boundary, curves, images, story, without_picture


def busy_frame(runs=4, **fields):
    """A frame of several runs; h is the newest of the first, h′ an early one of the second."""
    many = [curves(run, 40 + 5 * run) for run in range(runs)]
    witness = (1, 6) if runs > 1 else (0, 6)
    return story(runs=many, h=(0, 39), witness=witness, **fields)


def frames():
    """Frames of every kind, by name."""
    changed = curves(changes=((60, "dropout rate 0.3"), (66, "L2 penalty 0.001"), (180, "noise 1")))
    empty = curves(1, 40)
    nothing = empty._replace(**{name: getattr(empty, name)[:0] for name in empty._fields[1:6]})
    bad = [
        run._replace(train_error=2 * run.train_error, true_error=2.3 * run.true_error)
        for run in (curves(0), curves(1))
    ]
    long = "dropout 0.5, L2 0.0003, input noise 0.25, mixup 1"
    names = [curves(run, name=long) for run in (0, 1)]
    return {
        "one": busy_frame(1),
        "four": busy_frame(4),
        "ten": busy_frame(10),
        "alone": story(1),
        "no witness": story(40),
        "changes": story(runs=[changed]),
        "twin without rows": story(40)._replace(runs=(curves(), nothing)),
        "long names": story(runs=names),
        "images": busy_frame(2, picture=images()),
        "up to 100 %": story(runs=bad),
        "many images": busy_frame(2, picture=images(400, 0, "witness")),
        "no picture": without_picture(busy_frame(2)),
        "no Bayes": busy_frame(2, bayes_error=None),
        "disagreement": busy_frame(2, picture=boundary(1.0, "disagreement")),
    }


def word_boxes(figure):
    """Every text that is seen, with its box in pixels."""
    figure.draw_without_rendering()
    seen = {}
    for ax in figure.axes:
        unseen = set()
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            low, high = min(limits) - 1e-9, max(limits) + 1e-9
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                unseen |= {tick.label2}
                if not low <= tick.get_loc() <= high:
                    unseen |= {tick.label1}
        seen |= {text: None for text in ax.findobj(Text) if text not in unseen}
    seen |= dict.fromkeys(figure.texts)
    words = [text for text in seen if text.get_text().strip() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent()) for text in words]


def unreadable(figure):
    """Pairs of texts that cover each other by more than a pixel each way, and texts cut off."""
    boxes = word_boxes(figure)
    return _overlaps(boxes) + _cut(boxes, figure.bbox)


def _overlaps(boxes):
    pairs = []
    for (a, one), (b, two) in combinations(boxes, 2):
        width = min(one.x1, two.x1) - max(one.x0, two.x0)
        height = min(one.y1, two.y1) - max(one.y0, two.y0)
        if width > 1.5 and height > 1.5:
            pairs.append((a, b, round(width, 1), round(height, 1)))
    return pairs


def _cut(boxes, page):
    """Texts that reach over the edge of the page."""
    return [
        text
        for text, box in boxes
        if box.x0 < page.x0 - 0.5
        or box.y0 < page.y0 - 0.5
        or box.x1 > page.x1 + 0.5
        or box.y1 > page.y1 + 0.5
    ]
