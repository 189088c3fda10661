"""A token is good once, for a while, and for the telephones that it was made for."""

from controller.directory.ids import AgentId
from controller.provisioning.device_files import Asked, Vendor
from controller.provisioning.telephones import Kind, Telephone
from controller.provisioning.tokens import Tokens

ALICES, BOBS, STRANGERS = "001565000001", "001565000002", "001565000099"
LINPHONE = Asked(Vendor.LINPHONE, "")


def telephone(endpoint: str, mac: str = "") -> Telephone:
    return Telephone(agent=AgentId("somebody"), name="Somebody", endpoint=endpoint, number=endpoint, kind=Kind.DESK, mac=mac)


def yealink(mac: str) -> Asked:
    return Asked(Vendor.YEALINK, mac)


ALICE, BOB, CAROL = telephone("1001", ALICES), telephone("1002", BOBS), telephone("1003")


def tokens() -> Tokens:
    made = Tokens()
    made.add("alices", [ALICE], until=100.0)
    made.add("carols", [CAROL], until=100.0)
    made.add("everybodys", [ALICE, BOB], until=100.0)
    return made


def test_a_token_gives_the_files_of_its_telephone() -> None:
    assert tokens().telephone_for("alices", yealink(ALICES), 0.0) == ALICE


def test_where_no_hardware_address_is_known_whichever_asks_is_the_one() -> None:
    assert tokens().telephone_for("carols", yealink(STRANGERS), 0.0) == CAROL


def test_where_it_is_known_no_other_telephone_is_given_them() -> None:
    assert tokens().telephone_for("alices", yealink(STRANGERS), 0.0) is None


def test_a_program_on_no_device_of_its_own_shows_the_token_of_its_agent() -> None:
    assert tokens().telephone_for("alices", LINPHONE, 0.0) == ALICE
    assert tokens().telephone_for("everybodys", LINPHONE, 0.0) is None


def test_one_address_serves_all_whose_hardware_addresses_are_known() -> None:
    made = tokens()

    assert made.telephone_for("everybodys", yealink(BOBS), 0.0) == BOB
    assert made.telephone_for("everybodys", yealink(STRANGERS), 0.0) is None


def test_what_was_fetched_is_not_given_again_whichever_token_is_shown() -> None:
    made = tokens()
    made.use("everybodys", ALICE)

    assert made.telephone_for("everybodys", yealink(ALICES), 0.0) is None
    assert made.telephone_for("alices", yealink(ALICES), 0.0) is None
    assert made.telephone_for("everybodys", yealink(BOBS), 0.0) == BOB


def test_a_token_that_is_over_or_was_never_made_is_good_for_nothing() -> None:
    assert tokens().telephone_for("alices", yealink(ALICES), 100.0) is None
    assert tokens().telephone_for("guessed", yealink(ALICES), 0.0) is None


def test_it_is_known_when_nothing_is_left_to_fetch() -> None:
    made = tokens()
    for one in (ALICE, BOB):
        made.use("everybodys", one)
    assert not made.are_all_used()

    made.use("carols", CAROL)

    assert made.are_all_used()
