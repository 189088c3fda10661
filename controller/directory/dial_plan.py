"""What decides what a number means, gathered from a directory."""

from controller.dialling.listed_number import ListedNumbers
from controller.dialling.rules import DialPlan, ExtensionRange, OwnNumber
from controller.directory.directory import Directory


def dial_plan(directory: Directory) -> DialPlan:
    """Gather it. Takes some 0.1 ms for each number of an entry point, so keep it as long as the directory is the same."""
    points = {
        number: OwnNumber("entry_point", point.id, point.name, number) for number, point in directory.entry_points_by_number().items()
    }
    agents = {
        agent.phone: OwnNumber("agent", agent.id, agent.name, agent.phone) for agent in directory.agents.values() if agent.phone.isdecimal()
    }
    return DialPlan(region=directory.region, rules=directory.dialling, own={**points, **agents})


def listed_numbers(directory: Directory) -> ListedNumbers:
    """Gather which numbers a colleague may have: internal ones are the site's extensions and its agents' telephones."""
    telephones = sorted(agent.phone for agent in directory.agents.values() if agent.phone.isdecimal())
    own = (ExtensionRange(phone, phone) for phone in telephones)
    return ListedNumbers(region=directory.region, extensions=(*directory.dialling.extensions, *own))
