"""The lab of claims in JupyterLab: check one, read it in both themes and on a phone."""


def change_theme(lab, name):
    """Changes it, and waits for the card and for JupyterLab's splash, which two changes break."""
    lab.execute("apputils:change-theme", theme=f"JupyterLab {name}")
    lab.page.wait_for_function(
        "(scheme) => document.querySelector('.reglab-claim').dataset.scheme === scheme",
        arg=name.lower(),
    )
    lab.page.wait_for_timeout(500)
    lab.page.locator("#jupyterlab-splash").wait_for(state="detached")


def test_a_claim_is_checked_and_drawn(lab):
    lab.open(['from reglab.panels import ClaimsLab\nClaimsLab("G3")'])
    lab.run_all()
    card = lab.page.locator(".reglab-claim")
    card.get_by_text("Predict first.").wait_for()
    lab.page.locator(".reglab-claim-words mjx-container").first.wait_for()  # the formula is typeset
    lab.page.locator(".reglab-claims button", has_text="Check").click()
    card.get_by_text("All 5 measurements are as predicted: seed 0").wait_for()
    assert card.locator("svg").count() == 1
    assert card.locator("tbody tr").count() == 5
    assert "optimism" in card.get_by_role("img").get_attribute("aria-label")
    above = lab.page.locator(".reglab-claims .reglab-toolbar").bounding_box()
    assert above["y"] < card.bounding_box()["y"]
    lab.screenshot("claims-light")
    lab.page.get_by_role("button", name="Another seed").click()
    card.get_by_text("as predicted: seed 1").wait_for()
    change_theme(lab, "Dark")
    lab.screenshot("claims-dark")
    change_theme(lab, "Light")
    lab.execute("application:toggle-left-area")
    lab.page.set_viewport_size({"width": 390, "height": 844})
    card.locator("svg").wait_for(state="hidden")
    assert card.locator("table").is_visible()
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    lab.screenshot("claims-phone")
    lab.execute("application:toggle-left-area")
    assert lab.errors == []
