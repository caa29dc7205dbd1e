"""The live view in JupyterLab: frames, choices, a reload of the page, a restart of the kernel."""

import pytest

SOURCES = [
    """
import asyncio
from reglab.panels.board.view import LiveView
from tests.panels.kit.live_frames import story

view, actions = LiveView(), []
view.on_action(actions.append)

async def play():
    for rows in range(1, 100_000):
        view.show(story(min(rows, 400)))
        await asyncio.sleep(0.1)

playing = asyncio.create_task(play())
view
""",
    "view",
]
REACHED = (
    "(step) => window.__reglab?.length === 2 && window.__reglab.every((v) => v.lastStep > step)"
)
PRESS = "print('chosen', actions[-1]); playing.cancel();"


@pytest.mark.slow
def test_frames_choices_reload_and_restart(lab):
    page = lab.page
    lab.open(SOURCES)
    lab.run_all()
    page.wait_for_function(REACHED, arg=60)
    first, second = page.evaluate("window.__reglab")
    assert first["acked"] >= 3
    assert first["acked"] - second["acked"] in (-1, 0, 1)
    page.locator(".rl-canvas-curves > canvas").first.press("Home")
    page.get_by_role("button", name="follow newest").first.wait_for()

    page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
    assert "widget-view" in (lab.root / "test.ipynb").read_text("utf-8")
    lab.load()
    lab.execute("docmanager:open", path="test.ipynb", factory="Notebook")
    page.wait_for_function(REACHED, arg=120)
    lab.wait_idle()

    page.evaluate(
        "() => jupyterapp.shell.currentWidget.content.model.sharedModel"
        ".insertCell(2, { cell_type: 'code', source: '' })"
    )
    page.evaluate(
        "(source) => jupyterapp.shell.currentWidget.content.model.cells.get(2)"
        ".sharedModel.setSource(source)",
        PRESS,
    )
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 2; }")
    lab.execute("notebook:run-cell")
    page.get_by_text("chosen {'kind': 'select', 'run': 0, 'row': 0}", exact=True).wait_for()

    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.get_by_text("The kernel does not answer.").first.wait_for()
    assert lab.errors == []
