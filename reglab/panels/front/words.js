// Every word of the live view that does not come from the kernel.

const WORDS = {
  invite: "Press Play",
  inviteScope: "nothing judged yet",
  inviteText:
    "Training starts, and with every step the view looks for an h′ that errs more on the " +
    "training examples but less over the whole distribution. If there is one, h overfits.",
  training: "Training",
  compiling: "Compiling: the first steps come in a moment.",
  compilingHead: "Getting ready",
  diverged: "Training diverged: the numbers are no longer finite.",
  divergedHead: "DIVERGED",
  divergedHint: "Undo goes back to before the last change.",
  closed: "This panel is closed. Run its cell again to go on.",
  closedHead: "CLOSED",
  severity: "severity",
  points: "points",
  aboveBayes: "above the Bayes error",
  finished: "finished",
  paused: "paused",
  noAnswer: "The kernel does not answer. If it was restarted, run this cell again.",
  saved: "This is the last picture, saved with the notebook. To go on, run this cell again.",
  emptyPlane: "every hypothesis becomes a dot in here",
  waiting: "The picture appears when the kernel sends it.",
  follow: "follow newest",
  followTip: "Make the newest hypothesis h again",
  mapTitle: { h: "Decision of h", witness: "Decision of h′", disagreement: "Where they differ" },
  imagesTitle: { h: "Decisions of h", witness: "Decisions of h′", disagreement: "Where they differ" },
  mapTips: { h: "What h decides", witness: "What the witness h′ decides", disagreement: "Where h and h′ disagree" },
  noWitnessTip: "There is no witness h′ at the moment",
  planeTitle: "Witness plane",
  planeSub: "every dot is a hypothesis",
  region: "a dot in here is a witness against h",
  boardTitle: "Runs",
  boardSub: "errors of the newest hypothesis of each",
  noRuns: "The first run appears here when training starts.",
  pool: "Search this run for witnesses",
};

const VERDICT_SHAPES = {
  OVERFITS: "M8 2 15 14H1Z",
  OPTIMAL: "M1.5 8.5 6 13 14.5 3.5",
  NO_WITNESS: "M8 2.2a5.8 5.8 0 1 0 .01 0Z",
  UNDECIDED: "M8 1.5 14.5 8 8 14.5 1.5 8Z",
  NONE: "M4 2 14 8 4 14Z",
  DIVERGED: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5Z",
};
