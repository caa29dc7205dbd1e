"""Every word that a verdict or a live board is told in: language, then key, then template."""

from reglab.config import KNOBS, check_name

MESSAGES: dict[str, dict[str, str]] = {
    "en": {
        "badge_OVERFITS": "OVERFITS",
        "badge_OPTIMAL": "OPTIMAL",
        "badge_NO_WITNESS": "NO WITNESS AMONG {count}",
        "badge_UNDECIDED": "UNDECIDED",
        "scope": "among {count} hypotheses explored",
        "scope_one": "among 1 hypothesis explored",
        "severity": "{points} points",
        "whole_distribution": "the whole distribution",
        "whole_distribution_squared": "the whole distribution (1 − R²)",
        "held_out": "held-out data",
        "checkpoint": "checkpoint {number}",
        "examples": "the {count} training examples",
        "examples_one": "the one training example",
        "name": "run “{run}”, step {step}",
        "name_repeated": "run {number} “{run}”, step {step}",
        "name_missing": "run {number}, step {step}",
        "h": "h ({name})",
        "OVERFITS": (
            "{h} overfits: h′ ({witness}) errs more on {examples}, {witness_train} > {h_train}, "
            "but less over {over}, {witness_true} < {h_true}."
        ),
        "OPTIMAL": (
            "{h} is optimal: its error over {over} is {h_true} and the Bayes error {bayes}, "
            "so none can be better by more than {margin} points."
        ),
        "NO_WITNESS": (
            "No witness against {h} among the {count} hypotheses explored: none errs more on "
            "{examples} than its {h_train} and less over {over} than its {h_true}, which is no "
            "proof that h does not overfit."
        ),
        "NO_WITNESS_alone": (
            "{h} is the only hypothesis explored, so there is no witness against it, which is no "
            "proof that h does not overfit."
        ),
        "UNDECIDED": (
            "Undecided whether {h} overfits: h′ ({witness}) errs more on {examples}, "
            "{witness_train} > {h_train}, but over {over} the intervals of h′ and h overlap, "
            "{witness_true} and {h_true}, and {needed} would decide."
        ),
        "needed": "a more precise true error",
        "needed_held_out": "more held-out data",
        "certified": (
            "Certified: {h} overfits. h′ ({witness}) errs more on {examples}, {witness_train} > "
            "{h_train}, and over {over} the error of h lies between {h_low} and {h_high} %, that "
            "of h′ between {low} and {high} %."
        ),
        "certified_not": (
            "Certified: h′ ({witness}) is no witness against {h}. Over {over} the error of h lies "
            "between {h_low} and {h_high} %, that of h′ between {low} and {high} %."
        ),
        "certified_neither": (
            "Not certified: over {over} the error of {h} lies between {h_low} and {h_high} %, that "
            "of h′ ({witness}) between {low} and {high} %, and more cells would be needed."
        ),
        "stopped_oracle": (
            "The least error over {over} on this run is {error}, at step {returned}: that is where "
            "early stopping would end if it knew."
        ),
        "stopped_early": (
            "{rule} stops at step {stopped} and goes back to step {returned}: {error} over {over}, "
            "{regret} points above the least on this run."
        ),
        "stopped_never": (
            "{rule} never asks to stop and goes back to step {returned}: {error} over {over}, "
            "{regret} points above the least on this run."
        ),
        "averaged": (
            "The mean of the weights of the last {count} rows errs {error} over {over}; the last "
            "hypothesis {last}."
        ),
        "moving_average": (
            "The moving average of the weights of {count} rows errs {error} over {over}; the last "
            "hypothesis {last}."
        ),
        "ensemble_runs": (
            "The ensemble of the {count} runs errs {error} over {over}; this run alone {last}."
        ),
        "ensemble_rows": (
            "The ensemble of the last {count} rows errs {error} over {over}; the last one alone "
            "{last}."
        ),
        "mc_dropout": (
            "The mean of 50 thinned networks errs {error} over {over}; all units at once {last}."
        ),
        "shifted_error": "Over {over} after {kind} {strength}, h errs {h}.",
        "shifted_errors": (
            "Over {over} after {kind} {strength}, h errs {h} and its witness h′ {witness}."
        ),
        "shift_rotation": "rotation",
        "shift_translation": "translation",
        "shift_class_prior": "a tilt of the classes by",
        "shift_noise": "noise",
        "shift_contrast": "a loss of contrast by",
        "badge_NONE": "NOT JUDGED YET",
        "invitation": (
            "Press Play: h learns from the training examples, and each step is judged by its "
            "error over {over}."
        ),
        "left_pool": (
            "This h was measured before the training examples or the distribution moved, so no "
            "later hypothesis may be held against it. Choose a newer one."
        ),
        "row_OVERFITS": "overfits",
        "row_OPTIMAL": "optimal",
        "row_NO_WITNESS": "no witness",
        "row_UNDECIDED": "undecided",
        "row_NONE": "not in the pool",
        "diverged": (
            "The run “{run}” diverged past step {step}, after {knob} was set at step {moved}: its "
            "loss left every reasonable range. {advice}"
        ),
        "diverged_from_start": (
            "The run “{run}” diverged past step {step} with {knob}: its loss left every "
            "reasonable range. {advice}"
        ),
        "diverged_before": (
            "The run “{run}” has no reasonable loss before its first step, so none of its numbers "
            "is to blame. Look at the inputs, whose typical size is {scale}, and at the initial "
            "weights of the model."
        ),
        "knob_with": "{knob} with {partner}",
        "advice_undo": "Undo takes that change back.",
        "advice_smaller": "Choose a smaller one.",
        "advice_scale": (
            "Choose a smaller one, or scale the inputs, whose typical size is {scale}."
        ),
        "advice_model": (
            "Choose a smaller one; if that does not help, look for what makes the scores of the "
            "model infinite."
        ),
        "advice_product": "Keep their product below 1.",
        "advice_back": "Put it back.",
        "stopped": "Training stopped by an error: {error}",
        **{f"knob_{knob.name}": knob.label for knob in KNOBS},
        "knob_of_kind": "{knob} ({kind})",
        "index_OVERFITS": (
            "Hypothesis {h} overfits: hypothesis {witness} errs more on the training examples "
            "but less over the whole distribution, by {points} points."
        ),
        "index_OPTIMAL": (
            "Hypothesis {h} is optimal: none can be better over the whole distribution by more "
            "than {margin} points."
        ),
        "index_NO_WITNESS": (
            "No witness against hypothesis {h} among the {count} explored: none errs more on the "
            "training examples and less over the whole distribution, which is no proof that "
            "hypothesis {h} does not overfit."
        ),
        "index_NO_WITNESS_alone": (
            "Hypothesis {h} is the only one explored, so there is no witness against it, which is "
            "no proof that it does not overfit."
        ),
        "index_UNDECIDED": (
            "Undecided whether hypothesis {h} overfits: another errs more on the training "
            "examples, but over the whole distribution the intervals of the two overlap, and a "
            "more precise true error would decide."
        ),
        "audit_OVERFITS": (
            "{h} overfits: h′ ({witness}) errs more on {examples}, {witness_train} > {h_train}, "
            "but less on {over}, by {points} points on the {confirming} examples that confirm it "
            "({p})."
        ),
        "audit_NO_WITNESS": (
            "No witness against {h} among the {count} checkpoints audited: none errs more on "
            "{examples} than its {h_train} and less on {over}, which is no proof that h does not "
            "overfit."
        ),
        "audit_NO_WITNESS_alone": (
            "{h} is the only checkpoint audited, so there is no witness against it, which is no "
            "proof that h does not overfit."
        ),
        "audit_UNDECIDED": (
            "Undecided whether {h} overfits: h′ ({witness}) errs more on {examples}, "
            "{witness_train} > {h_train}, but {over} does not confirm that it errs less there, "
            "{witness_test} and {h_test} ({p}), and more of it may decide."
        ),
    },
}


def say(language: str, key: str, **values: str) -> str:
    """The message ``key`` in a language, with its values filled in.

    Raises:
        ValueError: a language without a catalogue.

    >>> say("en", "badge_NO_WITNESS", count="300")
    'NO WITNESS AMONG 300'
    """
    check_name("language", language, tuple(MESSAGES))
    return MESSAGES[language][key].format(**values)
