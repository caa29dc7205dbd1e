"""The harness: a slider and a hand-written widget live in JupyterLab, in both directions."""

import pytest

SOURCES = [
    """
import anywidget, ipywidgets, traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''
    export default {
      render({ model, el }) {
        const button = document.createElement("button");
        button.className = "counter";
        const show = () => { button.textContent = `count ${model.get("count")}`; };
        button.onclick = () => {
          model.set("count", model.get("count") + 1);
          model.save_changes();
        };
        model.on("change:count", show);
        show();
        el.append(button);
      },
    };
    '''
    count = traitlets.Int(0).tag(sync=True)

counter = Counter()
slider = ipywidgets.IntSlider(value=3, max=10, description="Ten times")
slider.observe(lambda change: counter.set_trait("count", 10 * change["new"]), "value")
ipywidgets.VBox([slider, counter])
""",
    "import time; time.sleep(0.5); print('kernel', 6 * 7)",
]


def test_widgets_talk_to_the_kernel_and_back(lab):
    lab.open(SOURCES)
    lab.run_all()
    lab.page.get_by_text("kernel 42", exact=True).wait_for()
    lab.page.locator("button.counter", has_text="count 0").click()
    lab.page.locator("button.counter", has_text="count 1").wait_for()
    handle = lab.page.get_by_role("slider")
    handle.focus()
    handle.press("ArrowRight")
    lab.page.locator("button.counter", has_text="count 40").wait_for()
    assert lab.errors == []


def test_a_cell_that_raises_fails_the_run(lab):
    lab.open(["answer = 42", "answer / 0"])
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all()


def test_a_document_of_one_test_is_gone_in_the_next(lab):
    assert lab.page.locator(".jp-NotebookPanel").count() == 0
