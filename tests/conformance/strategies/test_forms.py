"""Every message that a client can send is described, and what is drawn for it fits."""

import itertools

import pytest

from codex_conformance.strategies import (
    answer_forms,
    frame_forms,
    message_forms,
    nearly_valid,
    request_forms,
    valid,
)
from codex_schemas import load, load_events
from codex_schemas.app_server import load as load_app_server

SURFACES = ["oauth", "wham", "responses", "chat"]
RELEASES = ["0.58.0", "0.141.0", "0.169.0"]

HTTP_FORMS = [form for surface in SURFACES for form in request_forms(surface)]
FRAME_FORMS = list(frame_forms())
APP_SERVER_FORMS = [
    form
    for release in RELEASES
    for contract in [load_app_server(release, experimental=True)]
    for form in itertools.chain(message_forms(contract), answer_forms(contract))
]


def each(forms):
    return pytest.mark.parametrize(
        "form", forms, ids=[f"{form.name} {getattr(form.contract, 'version', '')}" for form in forms]
    )


@each(HTTP_FORMS + FRAME_FORMS + APP_SERVER_FORMS)
def test_what_is_drawn_fits_the_contract(form, draws):
    for sample in draws(valid([form])):
        assert sample.violations() == [], sample.value


@each(HTTP_FORMS + FRAME_FORMS)
def test_a_mutation_is_named_and_changes_one_place(form, draws):
    for sample in draws(nearly_valid([form])):
        steps = sample.mutation.pointer.split("/")[1:]
        assert steps
        assert str(sample.mutation) in str(sample)


@each([form for form in HTTP_FORMS if form.media_type])
def test_a_request_can_be_encoded_even_when_it_is_wrong(form, draws):
    for sample in draws(nearly_valid([form])):
        wire = form.wire(sample.value)
        assert all(text.isascii() and text.isprintable() for text in wire.headers.values())
        assert wire.content is None or wire.headers["content-type"] == form.media_type


def test_most_mutations_break_the_contract(draws):
    samples = draws(nearly_valid(FRAME_FORMS + [form for form in HTTP_FORMS if form.media_type]), 100)
    assert sum(bool(sample.violations()) for sample in samples) > 60


@pytest.mark.parametrize("surface", SURFACES)
def test_no_operation_is_left_out(surface):
    described = {form.operation.id for form in request_forms(surface)}
    assert described == {name for name, each in load(surface).operations.items() if not each.websocket}


@pytest.mark.parametrize("release", RELEASES)
def test_no_method_is_left_out(release):
    contract = load_app_server(release, experimental=True)
    asked = {form.name for form in message_forms(contract)}
    answered = {form.name for form in answer_forms(contract)}
    assert asked == {each.name for each in contract.methods.values() if each.sender == "client"}
    assert answered == {
        each.name for each in contract.methods.values() if (each.sender, each.kind) == ("server", "request")
    }


def test_no_frame_is_left_out():
    assert {(form.type, form.service) for form in frame_forms()} == set(load_events().client_frames)
