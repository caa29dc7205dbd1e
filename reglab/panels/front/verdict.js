// The headline: a badge of shape, word and colour, one sentence, one figure.

const TONES = { OVERFITS: "red", OPTIMAL: "green", NO_WITNESS: "plain", UNDECIDED: "plain", NONE: "invite" };

class VerdictCard {
  constructor(parent) {
    this.card = make("section", "rl-verdict", parent);
    this.card.setAttribute("aria-label", "Verdict");
    const live = make("div", "rl-live", this.card);
    live.setAttribute("aria-live", "polite");
    live.setAttribute("aria-atomic", "true");
    const head = make("div", "rl-verdict-head", live);
    const badge = make("div", "rl-badge", head);
    this.icon = svgIcon(VERDICT_SHAPES.NONE, badge, "rl-shape");
    this.word = make("strong", "", badge);
    this.scope = make("div", "rl-scope", head);
    this.sentence = make("p", "rl-sentence", live);
    const figure = make("div", "rl-figure", live);
    this.number = make("div", "rl-number", figure);
    this.unit = make("div", "rl-scope", figure);
    this.bar = make("div", "rl-bar", this.card);
    this.bar.setAttribute("aria-hidden", "true");
  }

  update(store) {
    const content = verdictContent(store);
    this.card.dataset.tone = content.tone;
    this.card.dataset.code = store.verdict.code;
    this.card.dataset.shape = content.shape;
    this.bar.hidden = !content.busy;
    setAttribute(this.icon, "d", VERDICT_SHAPES[content.shape] ?? VERDICT_SHAPES.NONE);
    for (const part of ["word", "scope", "number", "unit"]) setText(this[part], content[part] ?? "");
    setSentence(this.sentence, tied(content.sentence ?? ""));
  }
}

// h and h′ stand out; everything else is plain text.
function setSentence(node, text) {
  if (node.textContent === text) return;
  node.replaceChildren();
  for (const part of text.split(/(?<![\p{L}\p{N}])(h′?)(?![\p{L}\p{N}′'’])/u)) {
    if (part === "h" || part === "h′") make("b", "", node, part);
    else node.append(part);
  }
}

function verdictContent(store) {
  const { status, verdict } = store;
  const judged = verdict.code !== "NONE";
  const busy = status.state === "compiling";
  if (status.state === "diverged") {
    return {
      tone: "alarm", shape: "DIVERGED", word: WORDS.divergedHead, scope: `at step ${grouped(status.step)}`,
      sentence: [status.text || WORDS.diverged, undoHint(status)].filter(Boolean).join(" "),
    };
  }
  if (status.state === "closed") {
    return { tone: "plain", shape: "NO_WITNESS", word: WORDS.closedHead, sentence: status.text || WORDS.closed };
  }
  if (!judged) return invitation(status, verdict, busy);
  const state = { finished: WORDS.finished, paused: WORDS.paused, compiling: "compiling" }[status.state];
  const notes = [verdict.scope, state, busy ? "" : status.text].filter(Boolean);
  return {
    tone: TONES[verdict.code] ?? "plain", shape: verdict.code, word: verdict.word,
    scope: notes.join(" · "), sentence: verdict.sentence, busy, ...figureOf(store),
  };
}

function undoHint(status) {
  return status.can_undo && !/undo/i.test(status.text) ? WORDS.divergedHint : "";
}

function invitation(status, verdict, busy) {
  if (busy) {
    return {
      tone: "invite", shape: "NO_WITNESS", word: WORDS.compilingHead, busy,
      scope: WORDS.inviteScope, sentence: status.text || WORDS.compiling,
    };
  }
  if (status.text) {
    return { tone: "alarm", shape: "DIVERGED", word: WORDS.stoppedHead, scope: WORDS.inviteScope, sentence: status.text };
  }
  const fresh = status.state === "idle" || !status.step;
  const word = fresh ? WORDS.invite : verdict.word || WORDS.training;
  return {
    tone: "invite", shape: fresh ? "NONE" : "NO_WITNESS", word,
    scope: verdict.scope || (word === verdict.word ? "" : WORDS.inviteScope),
    sentence: verdict.sentence || WORDS.inviteText,
  };
}

function figureOf(store) {
  const { verdict } = store;
  if (verdict.code === "OVERFITS") {
    return { number: `${points(verdict.severity)} ${WORDS.points}`, unit: WORDS.severity };
  }
  const h = rowOf(store, store.h);
  if (!h || !isNumber(store.bayes_error)) return {};
  const excess = Math.max(0, h.whole - store.bayes_error);
  return { number: `${points(excess)} ${WORDS.points}`, unit: WORDS.aboveBayes };
}
