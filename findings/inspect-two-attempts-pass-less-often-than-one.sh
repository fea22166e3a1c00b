#!/usr/bin/env bash
# inspect_ai 0.3.285, the evaluation framework of the UK AI Security Institute: one run of four tasks, three attempts each,
# is given pass@1 of 0.5 and pass@2 of 0.0: with two tries a model passes less often than with one. The status is "success".
# Here two tasks were passed in the one attempt that ended, and their other attempts failed with an error, which
# fail_on_error=False allows (its documentation: handling-errors, "Failure Threshold").
# Expected by Chen et al. 2021 (arXiv:2107.03374, section 2.1), whom the reducer pass_at names: the probability that one of k
# attempts at least passes, which cannot fall as k grows.
# Why: a task with fewer than k attempts left is taken out of the mean, be it passed or not, while one that failed k times
# stays; only unscored_samples tells.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check inspect_ai==0.3.285
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from inspect_ai import Epochs, Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import match
from inspect_ai.solver import solver


def log_of(attempts):
    """The log of a run: for each task, what its attempts give; None is an error."""

    @solver
    def give():
        async def solve(state, generate):
            answer = attempts[state.sample_id][state.epoch - 1]
            if answer is None:
                raise ConnectionError("the machine of the task is gone")
            state.output = ModelOutput.from_content("mockllm/model", answer)
            return state

        return solve

    task = Task(
        dataset=[Sample(id=number, input="?", target="right") for number in range(len(attempts))],
        solver=give(),
        scorer=match(),
        epochs=Epochs(3, ["pass_at_1", "pass_at_2"]),
        fail_on_error=False,
    )
    [log] = eval(task, model="mockllm/model", log_dir="logs", display="none")
    seen = {score.reducer: (score.metrics["accuracy"].value, score.unscored_samples) for score in log.results.scores}
    print(log.status, "attempts completed:", log.results.completed_samples, "accuracy, unscored samples:", seen)
    return log.status, seen


print("inspect_ai", version("inspect_ai"))
FAILED = ["wrong", "wrong", "wrong"]
PASSED_ONCE = ["right", None, None]
status, seen = log_of([PASSED_ONCE, PASSED_ONCE, FAILED, FAILED])
_, without_errors = log_of([["right", "wrong", "wrong"]] * 2 + [FAILED, FAILED])
assert without_errors["pass_at_2"][0] > without_errors["pass_at_1"][0]
assert status == "success"
assert seen["pass_at_1"] == (0.5, 0)
assert seen["pass_at_2"] == (0.0, 2), "tasks with few attempts are counted otherwise now"
PY
