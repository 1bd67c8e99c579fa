"""Models that would run code of their author if anybody loaded them the usual way. Each carries a canary: a file that its
code would write. None of them is a real exploit of anything; they are the forms in which such code travels."""

from __future__ import annotations

import io
import json
import pickletools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

SIGNATURE = json.dumps([{"type": "double", "name": name, "required": True} for name in ("A", "B", "C")])
EXAMPLE = json.dumps({"columns": ["A", "B", "C"], "data": [[1.0, 2.0, 3.0]]}).encode()


@dataclass(frozen=True)
class Hostile:
    """The files of a model by path. `is_seen` where its description or its names already give it away; of the others
    the estimator itself is the trap, and the child that reads it has to refuse."""

    name: str
    files: dict[str, bytes] = field(repr=False)
    is_seen: bool = True


def samples(canary: str) -> list[Hostile]:
    """`canary` is the path that none of them may ever write."""
    return [
        *_kept_as_code(canary),
        *_descriptions(canary),
        *_of_lightgbm(canary),
        *_beside(canary),
        *_estimators(canary),
    ]


def described(flavours: str, more: str = "") -> bytes:
    return f"flavors:\n{flavours}\nsignature:\n  inputs: '{SIGNATURE}'\nmodel_uuid: x\n{more}".encode()


NATIVE = (
    "  python_function:\n    loader_module: mlflow.xgboost\n    data: model.ubj\n"
    "  xgboost:\n    code: null\n    data: model.ubj\n    model_format: ubj"
)


LIGHTGBM = (
    "  python_function:\n    loader_module: mlflow.lightgbm\n    data: model.lgb\n"
    "  lightgbm:\n    code: null\n    data: model.lgb\n    model_class: lightgbm.basic.Booster"
)


def _running(canary: str) -> bytes:
    """A pickle of protocol 0 that would call open(canary, "w")."""
    code = f"cbuiltins\nopen\n(V{canary}\nVw\ntR.".encode()
    assert any(step.name == "REDUCE" for step, _, _ in pickletools.genops(code))
    return code


def _whole(description: bytes, **files: bytes) -> dict[str, bytes]:
    return {"MLmodel": description, "input_example.json": EXAMPLE, "model.ubj": b"{}", **files}


def of_lightgbm(description: bytes, content: bytes = b"tree", **files: bytes) -> dict[str, bytes]:
    return {"MLmodel": description, "input_example.json": EXAMPLE, "model.lgb": content, **files}


def _kept_as_code(canary: str) -> Iterator[Hostile]:
    run = _running(canary)
    for flavour, file in (
        ("sklearn", "model.pkl"),
        ("sklearn", "model.skops"),
        ("sklearn", "model.cloudpickle"),
        ("statsmodels", "model.statsmodels"),
        ("pytorch", "data/model.pth"),
        ("tensorflow", "data/saved_model.pb"),
        ("keras", "data/model.keras"),
        ("onnx", "model.onnx"),
        ("spark", "sparkml/metadata"),
        ("prophet", "model.pr"),
        ("catboost", "model.cb"),
        ("h2o", "model.h2o"),
    ):
        said = described(f"  {flavour}:\n    pickled_model: {file}\n    data: {file}")
        yield Hostile(f"{flavour} in {file}", _whole(said, **{file: run}))


def _descriptions(canary: str) -> Iterator[Hostile]:
    run = _running(canary)
    pyfunc = "  python_function:\n    loader_module: {}\n    data: model.ubj\n  xgboost:\n    data: model.ubj\n    model_format: ubj"
    yield Hostile("a loader module of its own", _whole(described(pyfunc.format("evil"))))
    yield Hostile("a loader module that runs commands", _whole(described(pyfunc.format("os"))))
    yield Hostile("a loader module that is a list", _whole(described(pyfunc.format("[os, system]"))))
    for place in ("python_function", "xgboost"):
        said = NATIVE.replace(f"  {place}:\n", f"  {place}:\n    code: code\n").replace(
            "    code: null\n", "", 1
        )
        yield Hostile(f"code_paths in {place}", _whole(described(said)))
    python_model = (
        "  python_function:\n    loader_module: mlflow.pyfunc.model\n    python_model: python_model.pkl"
    )
    yield Hostile("a Python model", _whole(described(python_model), **{"python_model.pkl": run}))
    from_code = NATIVE.replace("    loader", "    model_code_path: model.py\n    loader", 1)
    yield Hostile("a model from code", _whole(described(from_code)))
    for tag in ("object/apply:builtins.open", "object/new:builtins.open", "name:builtins.open"):
        said = f'!!python/{tag} ["{canary}", "w"]\n'.encode()
        yield Hostile(f"a description that is {tag}", _whole(said))
    member = described(NATIVE, f'metadata: !!python/object/apply:builtins.open ["{canary}", "w"]\n')
    yield Hostile("a description with an object inside", _whole(member))
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    yield Hostile("a description that grows", _whole(f"{bomb}flavors: *a29\n".encode()))
    yield Hostile("a description that is endless", _whole(b"flavors: " + b"[" * 200_000))
    yield Hostile("a description that is too long", _whole(described(NATIVE, "# " + "x" * 300_000)))


def _of_lightgbm(canary: str) -> Iterator[Hostile]:
    run = _running(canary)
    for file in ("model.pkl", "model.skops"):
        said = described(
            LIGHTGBM.replace("model.lgb", file).replace("basic.Booster", "sklearn.LGBMClassifier")
        )
        yield Hostile(f"LGBMClassifier in {file}", of_lightgbm(said, **{file: run}))
    own = described(LIGHTGBM.replace("loader_module: mlflow.lightgbm", "loader_module: evil"))
    yield Hostile("LightGBM with a loader module of its own", of_lightgbm(own))
    other = described(LIGHTGBM.replace("loader_module: mlflow.lightgbm", "loader_module: mlflow.xgboost"))
    yield Hostile("LightGBM loaded as another library", of_lightgbm(other))
    coded = described(LIGHTGBM.replace("    code: null\n", "    code: code\n"))
    yield Hostile("code_paths in LightGBM", of_lightgbm(coded))
    both = described(LIGHTGBM + "\n  xgboost:\n    data: model.ubj\n    model_format: ubj")
    yield Hostile("two libraries at once", of_lightgbm(both, **{"model.ubj": b"{}"}))
    beside = of_lightgbm(described(LIGHTGBM), **{"model.ubj": b"{}"})
    yield Hostile("an estimator of another library beside it", beside)
    for name, content in (
        ("a pickle", run),
        ("a text that ends", b"tree\nversion=v4\n"),
        ("a text of trees that are not there", _TEXT.replace(b"tree_sizes=1", b"tree_sizes=999999999999")),
        ("a text that names a plug-in", _TEXT + f"parameters:\n[data: {canary}]\n[machines: x]\n".encode()),
    ):
        yield Hostile(
            f"a LightGBM estimator that is {name}", of_lightgbm(described(LIGHTGBM), content), is_seen=False
        )


_TEXT = (
    b"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=3\n"
    b"objective=binary sigmoid:1\nfeature_names=a b c d\nfeature_infos=none none none none\ntree_sizes=1\n\nTree=0\n"
)


def _beside(canary: str) -> Iterator[Hostile]:
    run, said = _running(canary), described(NATIVE)
    for file in (
        "code/evil.py",
        "../../evil.py",
        "/etc/cron.d/evil",
        "sitecustomize.py",
        "input_example.npy",
        "model.joblib",
        "model.ubj/evil",
        "MLmodel\u202e",
    ):
        yield Hostile(f"a file {file!a} beside the estimator", _whole(said, **{file: run}))


def _estimators(canary: str) -> Iterator[Hostile]:
    run, said = _running(canary), described(NATIVE)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data.pkl", run)
    numpy_object = (
        b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(128) + run
    )
    for name, content in (
        ("a pickle", run),
        ("a zip with a pickle", packed.getvalue()),
        ("an array of objects", numpy_object),
        ("nothing", b"\x00"),
        ("endless arrays", b"[" * 1_000_000),
        (
            "an array longer than memory",
            b"{L\x00\x00\x00\x00\x00\x00\x00\x01a[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff",
        ),
        ("a plug-in of its own", b'{"learner": {"objective": {"name": "plugin:' + canary.encode() + b'"}}}'),
    ):
        yield Hostile(f"an estimator that is {name}", _whole(said, **{"model.ubj": content}), is_seen=False)
