"""The script that names the files of a consult sees the whole way: from the desktop's request to the message to Asterisk, and back."""

from tests.house.consult_path import files_of_a_consult


async def test_the_way_of_a_consult_leads_from_the_request_through_the_floor_and_the_disk_to_asterisk() -> None:
    files = await files_of_a_consult()

    way = ("desktop/routes/interactions", "service/loop", "floor/floor", "interaction/steps/consult", "journal/sqlite_journal")
    assert {f"controller/{part}.py" for part in (*way, "asterisk/perform", "asterisk/lanes", "desktop/views")} <= set(files)
    assert not [file for file in files if "simulator" in file], "nobody else is counted"
