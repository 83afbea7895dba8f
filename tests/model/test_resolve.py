"""Which ports connections join."""

from tests.authoring.node_types import REGISTRY
from treadle.model.node_type import NodeType
from treadle.model.resolve import Resolution, resolve
from treadle.model.workflow import Connection, Graph, Node

NODES = {
    "text": "data.text",
    "t": "data.transform",
    "u": "data.transform",
    "guard": "risk.guard",
    "sum": "data.sum",
    "all": "data.all",
    "page": "http.request",
    "stop": "flow.stop",
    "odd": "no.such",
}


def joined(*connections: str, nodes: tuple[Node, ...] = ()) -> Resolution:
    made = tuple(Node(id=id_, type=type_) for id_, type_ in NODES.items() if id_ not in {n.id for n in nodes})
    return resolve(Graph(nodes=(*made, *nodes), connections=tuple(connection(text) for text in connections)), REGISTRY)


def connection(text: str) -> Connection:
    start, end = text.split(" -> ")
    (source, _, output), (target, _, input_) = start.partition("."), end.partition(".")
    return Connection(source=source, output=output or None, target=target, input=input_ or None)


def ports(resolution: Resolution) -> list[str]:
    assert resolution.issues == ()
    return [f"{c.source}.{c.output} -> {c.target}.{c.input}" for c in resolution.connections]


def test_a_connection_between_nodes_joins_the_single_output_to_the_first_input() -> None:
    assert ports(joined("text -> t")) == ["text.output -> t.value"]


def test_each_connection_takes_the_next_free_input_that_fits() -> None:
    assert ports(joined("sum -> guard", "all -> guard")) == [
        "sum.output -> guard.limit_price",
        "all.output -> guard.last_price",
    ]


def test_an_input_named_later_in_the_file_is_not_free() -> None:
    assert ports(joined("sum -> guard", "all -> guard.limit_price")) == [
        "sum.output -> guard.last_price",
        "all.output -> guard.limit_price",
    ]


def test_an_input_given_by_config_is_not_free() -> None:
    guard = Node(id="guard", type="risk.guard", config={"limit_price": 1})

    assert ports(joined("sum -> guard", nodes=(guard,))) == ["sum.output -> guard.last_price"]


def test_branches_merge_into_the_one_input_there_is() -> None:
    assert ports(joined("text -> t", "sum -> t")) == ["text.output -> t.value", "sum.output -> t.value"]


def test_list_inputs_and_collecting_inputs_take_many() -> None:
    assert ports(joined("guard.accepted -> sum", "all -> sum", "sum -> all", "guard.rejected -> all")) == [
        "guard.accepted -> sum.values",
        "all.output -> sum.values",
        "sum.output -> all.values",
        "guard.rejected -> all.values",
    ]


def test_a_node_without_inputs_is_triggered() -> None:
    assert ports(joined("t -> text")) == ["t.output -> text.trigger"]


def test_a_trigger_takes_any_output_that_is_always_live() -> None:
    assert ports(joined("page -> t.trigger")) == ["page.status -> t.trigger"]


def test_output_is_another_name_of_a_single_output() -> None:
    class Rows:
        type = NodeType(
            "db.rows",
            "Rows",
            "",
            "pure",
            outputs=(REGISTRY.get("data.text").type.outputs[0].__class__("rows"),),
        )

    class Catalogue:
        def find(self, name: str) -> Rows:
            return Rows()

    graph = Graph(
        nodes=(Node(id="a", type="db.rows"), Node(id="b", type="db.rows")),
        connections=(connection("a.output -> b"),),
    )

    assert [(c.output, c.input) for c in resolve(graph, Catalogue()).connections] == [("rows", "trigger")]


def test_the_error_port_is_there_where_the_node_branches_on_errors() -> None:
    branching = Node(id="page", type="http.request", config={}, on_error="branch")

    assert ports(joined("page.error -> t", nodes=(branching,))) == ["page.error -> t.value"]
    assert [issue.code for issue in joined("text.error -> t").issues] == ["unknown_port"]


def test_ports_that_depend_on_config_are_found() -> None:
    switch = Node(id="s", type="flow.switch", config={"cases": {"blog": "x", "two words": "y"}})

    assert ports(joined("s.two words -> t", "s.default -> u", nodes=(switch,))) == [
        "s.two words -> t.value",
        "s.default -> u.value",
    ]


def test_a_node_of_unknown_type_keeps_the_ports_that_are_named() -> None:
    assert ports(joined("odd.left -> t", "text -> odd.right")) == [
        "odd.left -> t.value",
        "text.output -> odd.right",
    ]


def test_a_node_without_outputs_orders_by_after_instead() -> None:
    issue = joined("stop -> t").issues[0]

    assert (issue.code, issue.remedy) == (
        "unknown_port",
        "To run `t` later, write `after: [stop]` on it instead.",
    )


def test_several_outputs_must_be_told_apart() -> None:
    issue = joined("page -> t").issues[0]

    assert (issue.code, issue.path) == ("ambiguous_port", ("connections", 0, "from"))


def test_paths_begin_with_the_path_to_the_graph() -> None:
    graph = Graph(nodes=(), connections=(connection("a -> b"),))

    issues = resolve(graph, REGISTRY, path=("nodes", 2, "body")).issues

    assert [issue.path for issue in issues] == [
        ("nodes", 2, "body", "connections", 0, "from"),
        ("nodes", 2, "body", "connections", 0, "to"),
    ]


def test_a_type_is_looked_up_once_however_many_nodes_have_it() -> None:
    class Counting:
        finds = 0

        def find(self, name: str):
            self.finds += 1
            return REGISTRY.find(name)

    catalogue = Counting()
    nodes = tuple(Node(id=f"n{i}", type="data.transform") for i in range(10_000))
    chain = tuple(Connection(source=f"n{i}", target=f"n{i + 1}") for i in range(9_999))

    resolution = resolve(Graph(nodes=nodes, connections=chain), catalogue)

    assert (len(resolution.connections), resolution.issues, catalogue.finds) == (9_999, (), 1)
