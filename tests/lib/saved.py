#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What docker save makes and docker load takes, without an engine.

    saved.py save KIND TEXT...  the archive of an image with a layer for each
                                TEXT, on standard output. KIND: directories, as
                                engines before 25 have it, or blobs
    saved.py diffs TEXT...      the diff IDs of these layers, as JSON
    saved.py load FILE          take an archive as an engine does that has the
                                images whose layers FILE has, a JSON list in
                                each line: what is there need not come. Prints
                                the texts of those that came. Fails where a
                                layer is missing, or is not what it should be
"""

import hashlib
import io
import json
import sys
import tarfile


def digest(data):
    return hashlib.sha256(data).hexdigest()


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def layer(text):
    """A layer of one file; the same text makes the same layer."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        add(tar, "file", text.encode())
    return out.getvalue()


def diffs(layers):
    return ["sha256:" + digest(one) for one in layers]


def chains(diff_ids):
    chain = []
    for diff in diff_ids:
        chain.append("sha256:" + digest(f"{chain[-1]} {diff}".encode())
                     if chain else diff)
    return chain


def add(tar, name, data, link=None):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    if link is not None:
        info.type, info.linkname, info.size = tarfile.SYMTYPE, link, 0
    tar.addfile(info, io.BytesIO(data))


def add_folder(tar, name):
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o755
    tar.addfile(info)


def described(top):
    """As the engine describes a layer; the topmost bears the image's own."""
    words = {"created": "1970-01-01T00:00:00Z",
             "container_config": {"Cmd": None, "Labels": {"a": "}\"],{"}}}
    if top:
        words.update(config={"Env": ["A=\\\"{"]}, os="linux",
                     architecture="amd64")
    return words


def directories(layers):
    """The files of all layers by name, and the names of the layers."""
    files, names, first, parent = {}, [], {}, None
    for number, chain in enumerate(chains(diffs(layers))):
        words = described(number == len(layers) - 1)
        hashed = dict(words, layer_id=chain)
        if parent:
            hashed["parent"] = "sha256:" + parent
        name = digest(compact(hashed))
        words.update(id=name, os="linux")
        if parent:
            words["parent"] = parent
        one = layers[number]
        where = first.setdefault(one, name)
        files[name] = {"VERSION": b"1.0", "json": json.dumps(
            words, separators=(",", ":")).encode(),
            "layer.tar": one if where == name else f"../{where}/layer.tar"}
        names.append(f"{name}/layer.tar")
        parent = name
    return files, names


def save_directories(tar, layers):
    files, names = directories(layers)
    for folder in sorted(files):
        add_folder(tar, folder + "/")
        for name, data in files[folder].items():
            if isinstance(data, str):
                add(tar, f"{folder}/{name}", b"", data)
            else:
                add(tar, f"{folder}/{name}", data)
    return names


def save_blobs(tar, layers):
    names = [f"blobs/sha256/{digest(one)}" for one in layers]
    add_folder(tar, "blobs/")
    add_folder(tar, "blobs/sha256/")
    for name, one in sorted(dict(zip(names, layers)).items()):
        add(tar, name, one)
    return names


def save(kind, texts):
    layers = [layer(text) for text in texts]
    config = compact({"rootfs": {"diff_ids": diffs(layers)}})
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
        names = (save_blobs if kind == "blobs" else save_directories)(
            tar, layers)
        add(tar, "config.json", config)
        add(tar, "manifest.json", json.dumps(
            [{"Config": "config.json", "Layers": names}]).encode())


def content(files, name):
    """Of a file of the archive, links followed."""
    if name not in files:
        sys.exit(f"open {name}: no such file or directory")
    data = files[name]
    return content(files, data[3:]) if isinstance(data, str) else data


def read(tar):
    return {entry.name: entry.linkname if entry.issym() else
            tar.extractfile(entry).read()
            for entry in tar if entry.issym() or entry.isfile()}


def load(file):
    with open(file, encoding="ascii") as lines:
        there = {chain for line in lines for chain in chains(json.loads(line))}
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        files = read(tar)
    manifest = json.loads(content(files, "manifest.json"))[0]
    ids = json.loads(content(files, manifest["Config"]))["rootfs"]["diff_ids"]
    for name, diff, chain in zip(manifest["Layers"], ids, chains(ids)):
        if chain not in there and \
           "sha256:" + digest(content(files, name)) != diff:
            sys.exit(f"{name} is another layer")
    for name in dict.fromkeys(manifest["Layers"]):
        if isinstance(files.get(name), bytes):
            with tarfile.open(fileobj=io.BytesIO(files[name])) as one:
                print(one.extractfile("file").read().decode())


def main():
    verb, words = sys.argv[1], sys.argv[2:]
    if verb == "save":
        save(words[0], words[1:])
    elif verb == "diffs":
        print(json.dumps(diffs([layer(text) for text in words]),
                         separators=(",", ":")))
    else:
        load(words[0])


if __name__ == "__main__":
    main()
