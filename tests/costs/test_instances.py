"""Names of instance types, wherever a bill writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from costs.instances import instance, instances, named_in


def test_four_v100_stand_in_one_p3_8xlarge():
    found = instance("p3.8xlarge")
    assert (found.model, found.gpus, found.memory_gib) == (
        "NVIDIA Tesla V100",
        Decimal(4),
        Decimal(16),
    )


def test_sagemaker_names_the_same_machines_with_ml_before_them():
    assert instance("ml.g5.xlarge") == instance("g5.xlarge")


def test_an_eighth_of_a_card_has_an_eighth_of_its_memory():
    found = instance("g6f.large")
    assert (found.gpus, found.memory_gib) == (Decimal("0.125"), Decimal(3))


@pytest.mark.parametrize("name", ["m5.large", "trn1.32xlarge", "p3.3xlarge", ""])
def test_a_type_without_gpus_is_none(name):
    assert instance(name) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("$1.624 per On Demand Linux g5.4xlarge Instance Hour", "g5.4xlarge"),
        ("APN1-SpotUsage:p3.2xlarge", "p3.2xlarge"),
        ("USE1-Train:ml.p3.2xlarge", "p3.2xlarge"),
        ("ml.g4dn.12xlarge-Training", "g4dn.12xlarge"),
        ('{"InstanceType": "p6-b200.48xlarge"}', "p6-b200.48xlarge"),
        ("m5.large beside g4dn.metal", "g4dn.metal"),
    ],
)
def test_a_type_is_found_in_the_words_around_it(text, name):
    assert named_in(text) == instances()[name]


@pytest.mark.parametrize(
    "text",
    [
        "t3g5.xlarge",
        "xp3.2xlarge",
        "p3.2xlarge2",
        "g5.xlarge.backup",
        "p3.99xlarge",
        "",
    ],
)
def test_other_words_are_no_type(text):
    assert named_in(text) is None
