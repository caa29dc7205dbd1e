"""The labs in JupyterLab, in the pseudo-language and in that of a Chinese browser."""

import re

import pytest

from tests.words.brackets import outside, words

PSEUDO = "import os; os.environ['REGLAB_LANGUAGE'] = 'qps'\n"
MITCHELL = "from reglab.panels import MitchellLab\nlab = MitchellLab()\nlab"
POPULATION = """
from reglab.panels import PopulationLab
from tests.panels.population.test_population import SMALL
PopulationLab(SMALL)
"""
CLAIMS = 'from reglab.panels import ClaimsLab\nClaimsLab("G3")'
HAN = re.compile(r"[\u4e00-\u9fff]")
# What claims say themselves.
OF_CLAIMS = "option, .reglab-claim-words small, mjx-container"
# Each text of the panel: of an element with its marks of h and h′, and of what readers hear.
TEXTS = """
(apart) => {
  const root = document.querySelector(".reglab");
  const nodes = Array.from(root.querySelectorAll("*")).filter((node) => {
    const isOf = (places) => places && node.closest(places);
    return !isOf("svg, style, b") && !isOf(apart);
  });
  const own = (node) => Array.from(node.childNodes).some((child) =>
    child.nodeType === Node.TEXT_NODE && child.data.trim());
  const names = ["aria-label", "aria-valuetext", "title", "alt", "placeholder", "data-label"];
  const heard = (node) => names.map((name) => [name, node.getAttribute(name)]);
  const drawn = Array.from(window.drawn, ([name, lines]) => [`drawn on ${name}`, lines.join(" ")]);
  return nodes.flatMap((node) => [["text", own(node) && node.textContent], ...heard(node)])
    .concat(drawn).filter(([, text]) => text);
}
"""
# Notes what each canvas has on it, in the order in which it was drawn.
SPY = """
() => {
  window.drawn = new Map();
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  const nameOf = ({ canvas }) => canvas.parentElement?.className;
  const spies = {
    clearRect(...box) {
      if (nameOf(this)) window.drawn.set(nameOf(this), []);
      return clearRect.apply(this, box);
    },
    fillText(text, ...place) {
      window.drawn.get(nameOf(this))?.push(text);
      return fillText.call(this, text, ...place);
    },
  };
  Object.assign(CanvasRenderingContext2D.prototype, spies);
  window.unspy = () => {
    Object.assign(CanvasRenderingContext2D.prototype, { clearRect, fillText });
    delete window.drawn;
  };
}
"""
LANGUAGES = """
(languages) => {
  delete navigator.languages;  // then they are the browser's own
  const ours = { value: languages, configurable: true };
  if (languages) Object.defineProperty(navigator, "languages", ours);
}
"""


@pytest.fixture
def spied(lab):
    """The page, in which is known what is drawn, and of which languages can be set."""
    lab.execute("application:toggle-left-area")
    lab.page.evaluate(SPY)
    lab.page.evaluate("() => { window.__reglab = []; window.__reglabPopulation = []; }")
    yield lab.page
    lab.execute("application:toggle-left-area")
    lab.page.evaluate("() => window.unspy()")
    lab.page.evaluate(LANGUAGES, None)
    assert lab.errors == []


def texts(page, apart=""):
    """Every text of the panel on the page, each with where it stands."""
    return page.evaluate(TEXTS, apart)


def bare(found):
    """Texts with words that no message says."""
    return [(place, text) for place, text in found if outside(text)]


def opened(lab, source, fresh=False):
    lab.open([source], fresh)
    lab.run_all()
    lab.page.locator(".reglab-primary").wait_for()
    lab.page.locator(".reglab-view .rl-view, .rl-claim-status").wait_for()
    lab.page.wait_for_timeout(200)  # controls get their names


def played(page, word):
    """Plays until h overfits, as a word says, and pauses there."""
    page.locator(".reglab-primary").click()
    page.locator(".rl-badge", has_text=word).wait_for()
    page.locator(".reglab-primary").click()
    page.wait_for_timeout(1500)  # live words change once a second at most


def test_what_is_said_in_no_message_is_found(lab, spied):
    lab.page.evaluate(
        "() => { document.body.insertAdjacentHTML('beforeend', '<p class=\"reglab\"><i title=\"two "
        "words\">⟦a⟧ b0 <b>h</b>: all</i></p>'); }"
    )
    assert bare(texts(spied)) == [("text", "⟦a⟧ b0 h: all"), ("title", "two words")]
    lab.page.evaluate("() => document.querySelector('p.reglab').remove()")


def test_a_board_is_in_brackets(lab, spied):
    opened(lab, PSEUDO + MITCHELL, fresh=True)
    assert bare(texts(spied)) == []
    played(spied, "⟦OVERFITS⟧")
    lab.screenshot("mitchell-qps")
    found = texts(spied)
    assert len(found) > 200
    assert {place.split()[-1] for place, _ in found} > {"aria-label", "title", "rl-canvas-curves"}
    assert bare(found) == []


@pytest.mark.slow
def test_a_population_is_in_brackets(lab, spied):
    opened(lab, PSEUDO + POPULATION, fresh=True)
    assert bare(texts(spied)) == []
    spied.locator(".reglab-primary").click()
    spied.wait_for_function(
        "() => { const v = window.__reglabPopulation.at(-1);"
        " return v?.state === 'finished' && v.brushed >= 0 && v.dots === 6; }"
    )
    spied.wait_for_timeout(1500)
    lab.screenshot("population-qps")
    found = texts(spied)
    assert len(found) > 50
    assert bare(found) == []


def test_claims_are_in_brackets(lab, spied):
    opened(lab, PSEUDO + CLAIMS, fresh=True)
    assert bare(texts(spied, OF_CLAIMS)) == []
    spied.locator(".reglab-primary").click()
    spied.locator(".rl-claim-figure").wait_for()
    lab.screenshot("claims-qps")
    assert bare(texts(spied, OF_CLAIMS)) == []


def test_a_chinese_browser_is_told_the_story_in_chinese(lab, spied):
    spied.evaluate(LANGUAGES, ["zh-CN", "en"])
    opened(lab, MITCHELL)
    spied.locator(".reglab-primary", has_text="播放").wait_for()
    spied.locator(".rl-verdict", has_text="请按“播放”").wait_for()
    played(spied, "过度拟合")
    lab.screenshot("mitchell-zh")
    verdict = spied.locator(".rl-verdict")
    assert "尚未" not in verdict.inner_text()
    assert "训练样例" in verdict.locator(".rl-sentence").inner_text()
    assert spied.locator(".reglab-counter").inner_text().startswith("第 ")
    assert spied.locator(".reglab[lang=zh]").count() == 1
    found = texts(spied)
    drawn = {place: text for place, text in found if place.startswith("drawn")}
    plane = drawn["drawn on rl-canvas rl-canvas-plane"]
    assert "↑ 整个实例分布上的错误率" in plane
    assert "个训练样例上的错误率 →" in plane
    assert "贝叶斯错误率" in plane
    assert "步" in drawn["drawn on rl-canvas rl-canvas-curves"].split()
    left = {text for _, text in found if words(text) and not HAN.search(text)}
    assert left == {"AlexNet"}  # the name of a model
