"""Addresses are written in many ways and kept in one; a key never crosses the internet in the open."""

from __future__ import annotations

import pytest

from engine.errors import EndpointRefused, InvalidRequest
from engine.remote.address import is_private, origin, parse_address, refuse_open_key
from engine.remote.endpoint import Capabilities, Endpoint


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("localhost:8000", "http://localhost:8000/v1"),
        (" http://127.0.0.1:8080/ ", "http://127.0.0.1:8080/v1"),
        ("192.168.1.7:30000", "http://192.168.1.7:30000/v1"),
        ("api.example.com", "https://api.example.com/v1"),
        ("https://api.example.com:443/v1/", "https://api.example.com/v1"),
        ("https://API.Example.com/openai/v1/chat/completions", "https://api.example.com/openai/v1"),
        ("https://example.com/v1/models#y", "https://example.com/v1"),
        ("https://example.com/api/v3", "https://example.com/api/v3"),
        ("http://[::1]:8000", "http://[::1]:8000/v1"),
    ],
)
def test_an_address_is_kept_in_one_form(written: str, kept: str) -> None:
    assert parse_address(written) == kept
    assert parse_address(kept) == kept


@pytest.mark.parametrize("written", ["", "http://", "ftp://example.com", "http://exa mple.com", "https://a:99999/v1"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(InvalidRequest, match="not the address"):
        parse_address(written)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_address("https://me:hunter2@example.com/v1")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("written", ["https://example.com/v1?key=hunter2", "localhost:8000?api_key=hunter2"])
def test_a_query_in_an_address_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(InvalidRequest, match=r"keyring") as caught:
        parse_address(written)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("10.1.2.3", True),
        ("100.64.0.5", True),
        ("fe80::1%eth0", True),
        ("[::1]", True),
        ("gpu-box", True),
        ("gpu.local", True),
        ("8.8.8.8", False),
        ("example.com", False),
        ("local.example.com", False),
    ],
)
def test_whether_a_host_is_of_this_network_is_told_by_its_name(host: str, private: bool) -> None:
    assert is_private(host) is private


def test_a_key_goes_in_the_open_only_within_this_network() -> None:
    refuse_open_key("http://192.168.1.7/v1")
    refuse_open_key("https://example.com/v1")
    with pytest.raises(EndpointRefused, match="not encrypted"):
        refuse_open_key("http://example.com/v1")


def test_one_server_has_one_origin() -> None:
    assert origin("https://example.com/v1") == origin("https://EXAMPLE.com:443/other")
    assert origin("https://example.com") != origin("http://example.com")
    assert origin("https://example.com") != origin("https://example.com:8443")


def test_an_endpoint_is_kept_as_json_and_of_a_later_version_what_is_known() -> None:
    endpoint = Endpoint(id="1", name="Box", url="gpu-box:8000", capabilities=Capabilities(server="vllm", context=4096))
    kept = endpoint.model_dump(mode="json")
    assert kept["url"] == "http://gpu-box:8000/v1"
    assert Endpoint.model_validate(kept | {"later": 1}) == endpoint
