"""The population lab in JupyterLab: run, read, brushed, cancelled, in both themes, on a phone."""

import json

PANEL = "from reglab.panels import PopulationLab\nlab = PopulationLab()\nlab"
LONG = """
from reglab.panels import PopulationLab
from reglab.sweeps import Grid
offered = PopulationLab().controls.grid()
grid = Grid(offered.base, product=offered.product | {"draw": range(200)})
PopulationLab(grid)
"""
VIEW = "window.__reglabPopulation?.at(-1)"


def until(lab, condition, seconds=60):
    """Waits for a condition on ``v``, the counters of the newest view."""
    script = f"() => {{ const v = {VIEW}; return v && ({condition}) }}"
    lab.page.wait_for_function(script, timeout=1000 * seconds)


def change_theme(lab, name):
    """Changes it, and waits for the view and for JupyterLab's splash, which two changes break."""
    lab.execute("apputils:change-theme", theme=f"JupyterLab {name}")
    lab.page.wait_for_function(
        "(scheme) => document.querySelector('.rl-population').closest('.reglab-view')"
        ".dataset.scheme === scheme",
        arg=name.lower(),
    )
    lab.page.wait_for_timeout(500)
    lab.page.locator("#jupyterlab-splash").wait_for(state="detached")


def look_at_a_dot_and_copy_its_experiment(lab):
    before = lab.page.evaluate(f"() => {VIEW}.brushed")
    place = lab.page.evaluate(f"() => {VIEW}.places.find(([run]) => run !== {before})")
    canvas = lab.page.get_by_role("listbox")
    canvas.click(position={"x": place[1], "y": place[2]})
    until(lab, f"v.brushed !== {before}")
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.page.get_by_role("button", name="Copy the experiment").click()
    lab.page.get_by_text("Copied").wait_for()
    text = lab.page.evaluate("() => navigator.clipboard.readText()")
    assert json.loads(text)["distribution"] == "moons"


def fits_a_phone(lab):
    lab.page.set_viewport_size({"width": 390, "height": 844})
    lab.page.wait_for_timeout(600)
    box = lab.page.locator(".rl-population").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    wide = "(e) => [...e.querySelectorAll('*')].filter((n) => n.scrollWidth > n.clientWidth + 1)"
    root = lab.page.locator(".reglab.reglab-population")
    assert root.evaluate(f"(e) => ({wide})(e).length === 0 || e.scrollWidth <= e.clientWidth")
    lab.page.locator(".jp-WindowedPanel-outer, .jp-Notebook").first.screenshot(
        path=str(lab.screenshot("population-phone")).replace("phone", "phone-notebook")
    )


def test_a_run_gives_dots_a_headline_and_a_map(lab):
    lab.open([PANEL])
    lab.run_all()
    lab.execute("application:toggle-left-area")
    lab.page.get_by_text("NOTHING JUDGED YET").wait_for()
    lab.screenshot("population-empty")
    lab.page.locator(".reglab-primary").click()
    until(lab, "v.dots > 0")
    lab.screenshot("population-running")
    until(lab, "v.state === 'finished' && v.brushed >= 0")
    until(lab, "v.dots === 60")
    card = lab.page.locator(".rl-population")
    card.get_by_text("10 of 10 draws of the training set at dropout rate 0 (69–100").wait_for()
    lab.page.wait_for_timeout(1200)
    lab.screenshot("population-light")
    frequency = card.locator(".rl-frequency canvas")
    assert "Arrow keys choose a value" in frequency.get_attribute("aria-label")
    frequency.focus()
    frequency.press("End")
    card.get_by_text("at dropout rate 0.5 (").wait_for()
    plane = card.get_by_role("listbox")
    plane.focus()
    plane.press("Home")
    until(lab, "v.brushed === 0 || v.brushed > 0")
    option = lab.page.locator(f"#{plane.get_attribute('aria-activedescendant')}")
    assert option.get_attribute("aria-setsize") == "60"
    assert option.get_attribute("aria-posinset") == "1"
    first = lab.page.evaluate(f"() => {VIEW}.brushed")
    plane.press("ArrowRight")
    until(lab, f"v.brushed !== {first}")
    assert "solid line" in card.locator(".rl-map canvas").get_attribute("aria-label")
    assert card.locator(".rl-run").inner_text()
    look_at_a_dot_and_copy_its_experiment(lab)
    change_theme(lab, "Dark")
    lab.screenshot("population-dark")
    change_theme(lab, "Light")
    fits_a_phone(lab)
    lab.execute("application:toggle-left-area")
    assert lab.errors == []


def test_a_long_population_is_cancelled_and_a_kernel_that_is_gone_is_told(lab):
    lab.open([LONG])
    lab.run_all()
    lab.page.locator(".reglab-primary").click()
    until(lab, "v.dots > 0")
    lab.page.get_by_role("button", name="Cancel").click()
    until(lab, "v.state === 'cancelled'")
    dots = lab.page.evaluate(f"() => {VIEW}.dots")
    lab.page.get_by_text("are kept.").wait_for()
    assert 0 < dots < 1200
    assert lab.page.evaluate(f"() => {VIEW}.banner") == ""
    lab.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    lab.page.get_by_text("The kernel does not answer.").wait_for()
    lab.screenshot("population-no-kernel")
    assert lab.page.evaluate(f"() => {VIEW}.dots") == dots
    assert lab.errors == []
