"""Verdicts of every kind in Chinese, word for word."""

import numpy as np
import pytest

from reglab.mitchell import Bounds, Pool, Verdict, badge, explain, judge, pool_of, scope
from reglab.mitchell.audit import audit_mistakes
from reglab.mitchell.certificate.tree import Known
from reglab.mitchell.certificate.words import sentence
from tests.mitchell.fake_runs import fake_run

SPACE = "\u202f"


def pool_of_errors(train, true, half=0.0, num_train=60, **fields):
    names = pool_of([fake_run(range(len(train)), true, name="plain")], language="zh")[0].names
    train, true = np.array(train) / num_train, np.array(true)
    return Pool(train, true, true - half, true + half, names, num_train, **fields)


def told(pool, i=0):
    columns = pool.train_error, pool.true_error
    verdicts = judge(*columns, low=pool.low, high=pool.high, bayes=pool.bayes)
    return explain(verdicts, i, "zh", pool=pool)


POOLS = {
    "overfits": (
        pool_of_errors([2, 12], [0.253, 0.164], 0.001),
        "h（运行“plain”，第 0 步）过度拟合：h′（运行“plain”，第 6 步）在这 60 个训练样例上的"
        "错误率更高，20.0 % > 3.3 %，但在整个实例分布上的错误率更低，16.4 ± 0.1 % < 25.3 ± 0.1 %。",
    ),
    "optimal": (
        pool_of_errors([7, 2], [0.1306, 0.2], 0.0003, bayes=0.13),
        "h（运行“plain”，第 0 步）是最优的：它在整个实例分布上的错误率为 13.1 ± 0.1 %，"
        "贝叶斯错误率为 13.0 %，因此没有假设能比它好 0.1 个百分点以上。",
    ),
    "no witness": (
        pool_of_errors([7, 12, 3], [0.2, 0.3, 0.1], 0.01),
        "在探索过的 3 个假设中没有针对 h（运行“plain”，第 0 步）的见证：没有一个在这 60 个"
        "训练样例上的错误率高于它的 11.7 % 而在整个实例分布上低于它的 20.0 ± 1.0 %；"
        "这并不能证明 h 没有过度拟合。",
    ),
    "alone": (
        pool_of_errors([1], [0.2], num_train=1),
        "h（运行“plain”，第 0 步）是唯一探索过的假设，因此没有针对它的见证；"
        "这并不能证明 h 没有过度拟合。",
    ),
    "undecided": (
        pool_of_errors([2, 12], [0.17, 0.165], 0.005),
        "h（运行“plain”，第 0 步）是否过度拟合未定：h′（运行“plain”，第 6 步）在这 60 个"
        "训练样例上的错误率更高，20.0 % > 3.3 %，但在整个实例分布上 h′ 与 h 的区间重叠，分别为 "
        "16.5 ± 0.5 % 和 17.0 ± 0.5 %；需要更精确的真实错误率才能判定。",
    ),
}


@pytest.mark.parametrize("name", POOLS)
def test_verdicts_of_a_pool(name):
    pool, expected = POOLS[name]
    assert told(pool) == expected


def test_on_held_out_data_more_of_it_would_decide():
    pool = pool_of_errors([2, 12], [0.17, 0.165], 0.005, over="held-out data")
    assert told(pool).endswith("；需要更多留出数据才能判定。")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (
            judge([0, 1, 2], [0.25, 0.3, 0.161]),
            "假设 0 过度拟合：假设 2 在训练样例上的错误率更高，"
            "但在整个实例分布上的错误率低 8.9 个百分点。",
        ),
        (judge([0, 1], [0.1, 0.2], bayes=0.1), "假设 0 是最优的："),
        (judge([0, 1], [0.1, 0.2]), "在探索过的 2 个假设中没有针对假设 0 的见证："),
        (judge([0], [0.1]), "假设 0 是唯一探索过的假设，"),
        (
            judge([0, 1], [0.2, 0.19], low=[0.15, 0.15], high=[0.25, 0.25]),
            "假设 0 是否过度拟合未定：",
        ),
    ],
)
def test_verdicts_by_index(verdicts, expected):
    said = explain(verdicts, 0, "zh")
    assert said.startswith(expected)
    assert said.endswith("。")


def audited(train, test):
    """The audit of two checkpoints with so many mistakes on 60 and on 1,000 examples."""
    wrong = [
        np.arange(count) < np.array(part)[:, None] for part, count in ((train, 60), (test, 1000))
    ]
    return audit_mistakes(*wrong, seed=0)


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        (
            [2, 12],
            [300, 100],
            "h（检查点 0）过度拟合：h′（检查点 1）在这 60 个训练样例上的错误率更高，"
            "20.0 % > 3.3 %，",
        ),
        ([12, 2], [300, 100], "在审查的 2 个检查点中没有针对 h（检查点 0）的见证："),
        ([2], [300], "h（检查点 0）是唯一受审查的检查点，"),
        ([2, 12], [300, 299], "h（检查点 0）是否过度拟合未定："),
    ],
)
def test_audits(train, test, expected):
    said = explain(audited(train, test), 0, "zh")
    assert said.startswith(expected)
    assert ("留出数据" in said) == (len(train) > 1)


@pytest.mark.parametrize(
    ("overfits", "start"), [(True, "已证明：h（"), (False, "已证明：h′（"), (None, "未能证明：")]
)
def test_certificates(overfits, start):
    known = Known(Bounds(0.26301, 0.2641), Bounds(0.25, 0.26299), Bounds(0.0, 0.1), 1)
    pool, _ = pool_of([fake_run([0, 6], [0.26, 0.25])])
    said = sentence(overfits, known, pool, (0, 1)).into("zh")
    assert said.startswith(start)
    assert "介于 26.301 与 26.410 % 之间" in said
    assert "整个实例分布" in said


def test_badges_and_scope():
    words = [badge(verdict, 2400, "zh") for verdict in Verdict]
    assert words == ["过度拟合", "最优", f"2{SPACE}400 个假设中无见证", "未定"]
    assert (scope(1, "zh"), scope(300, "zh")) == (
        "在探索过的 1 个假设中",
        "在探索过的 300 个假设中",
    )
