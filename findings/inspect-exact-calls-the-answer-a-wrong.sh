#!/usr/bin/env bash
# inspect_ai 0.3.285, the evaluation framework of the UK AI Security Institute: its scorer exact() grades the answer "A" to
# the target "A" as incorrect, and the answer "-5" to the target "5" as correct. Of four questions whose right answers are A,
# B, C and D, a model that gives all four gets 0.75, and the log says "success", four samples scored, none unscored.
# Expected by its documentation (inspect_ai.scorer, exact): the text of answer and target is normalized, and the scorer "will
# return CORRECT when the answer is an exact match to one or more targets".
# Why: the article "a" is struck out of both, and a target of which nothing is left matches no answer; words are parted at a
# hyphen, so that a minus is none. match(location="exact", numeric=True) gets all five right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check inspect_ai==0.3.285
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import exact, match
from inspect_ai.solver import solver


@solver
def give(answers):
    async def solve(state, generate):
        state.output = ModelOutput.from_content("mockllm/model", answers[state.sample_id])
        return state

    return solve


def log_of(pairs):
    samples = [Sample(id=number, input="?", target=target) for number, (_, target) in enumerate(pairs)]
    task = Task(
        dataset=samples,
        solver=give([answer for answer, _ in pairs]),
        scorer=[exact(), match(location="exact", numeric=True)],
    )
    [log] = eval(task, model="mockllm/model", log_dir="logs", display="none")
    for sample, pair in zip(log.samples, pairs, strict=True):
        print("answer {!r:5} target {!r:4}".format(*pair), {name: score.value for name, score in sample.scores.items()})
    return log


print("inspect_ai", version("inspect_ai"))
letters, minus = log_of([(letter, letter) for letter in "ABCD"]), log_of([("-5", "5")])
by_exact, by_match = letters.results.scores
mean = by_exact.metrics["mean"].value
print(letters.status, "scored:", by_exact.scored_samples, "unscored:", by_exact.unscored_samples, "mean:", mean)
assert letters.status == "success" and (by_exact.scored_samples, by_exact.unscored_samples) == (4, 0)
assert by_match.metrics["accuracy"].value == 1.0 and minus.samples[0].scores["match"].value == "I"
assert [sample.scores["exact"].value for sample in letters.samples] == ["I", "C", "C", "C"], "A matches A now"
assert mean == 0.75
assert minus.samples[0].scores["exact"].value == "C", "a minus counts now"
PY
