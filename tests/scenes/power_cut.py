"""What a disk may hold after a power cut: made from a trace of the system calls a service made.

Everything written before a finished fsync of its file is there; of what came later each write may be
there whole, not at all, or in part (sectors of 512 bytes, pages of 4096). A file is in its directory
for certain once the directory was synced. The same trace tells when an answer left us, so "what was
acknowledged at this instant" is exact."""

import re

CALLS = "openat,pwrite64,write,writev,ftruncate,fallocate,fsync,fdatasync,rename,unlink,sendto,sendmsg"
KEPT = ("smon.db", "smon.db-wal", "smon.db-journal")  # -shm is made anew
LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>)?(.*)")
HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
UNFINISHED = " <unfinished ...>"


def recorder(trace):
    """The words before a command that is to be traced into this file."""
    return ["strace", "-f", "-qq", "-y", "-xx", "-s", str(1 << 20), "-e", f"trace={CALLS}", "-o", str(trace)]


def plain(text):
    return bytes.fromhex(text.replace("\\x", ""))


def calls(trace):
    """(is it the end of the call, its name, its arguments and result) in the order of the trace."""
    begun = {}
    with open(trace, encoding="ascii", errors="replace") as lines:
        for line in lines:
            thread, resumed, text = LINE.match(line.rstrip("\n")).groups()
            if resumed:
                text = begun.pop(thread, resumed + "(") + text
                yield True, text.partition("(")[0], text
            elif text.endswith(UNFINISHED):
                begun[thread] = text[:-len(UNFINISHED)]
                yield False, text.partition("(")[0], text
            elif "(" in text:
                name = text.partition("(")[0]
                yield False, name, text
                yield True, name, text


class File:
    """What is on disk for certain, and what has been asked of the disk since."""

    def __init__(self):
        self.bytes, self.pending = bytearray(), []
        self.is_named, self.is_unlinked = False, False

    def sync(self):
        for offset, data in self.pending:
            put(self.bytes, offset, data)
        self.pending = []

    def image(self, rng):
        """One of the things that may be there; None: no such file."""
        if (not self.is_named and rng.random() < 0.5) or (self.is_unlinked and rng.random() < 0.5):
            return None
        found = bytearray(self.bytes)
        for offset, data in self.pending:
            fate = rng.random()
            if fate < 0.5:
                put(found, offset, data)
            elif fate < 0.75 and data is not None:
                unit = rng.choice((512, 4096))
                for at in range(0, len(data), unit):
                    if rng.random() < 0.5:
                        put(found, offset + at, data[at:at + unit])
        return found


def put(content, offset, data):
    """`data` None: cut off at `offset`, or grown to it."""
    end = offset if data is None else offset + len(data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset:end] = data


class Disk:
    """Takes the calls one by one. `acknowledged` counts answers that hold `mark`."""

    def __init__(self, folder, mark):
        self.folder, self.mark = str(folder), mark
        self.files, self.acknowledged = {}, 0

    def _name(self, text):
        """Which of our files an argument is about; None: another, or none."""
        path = plain("".join(re.findall(r"\\x[0-9a-f]{2}", text))).decode(errors="replace")
        name = path.rpartition("/")[2]
        return name if path == f"{self.folder}/{name}" and name in KEPT else None

    def take(self, is_end, call, text):
        """True when what may be on the disk has changed, or what was acknowledged."""
        place = re.search(r"<((?:\\x[0-9a-f]{2})*)>", text)
        where = place.group(1) if place else ""
        if call in ("sendto", "sendmsg", "write", "writev") and not self._name(where):
            is_answer = not is_end and any(self.mark in plain(part) for part in HEX.findall(text))
            self.acknowledged += is_answer
            return is_answer
        if call in ("openat", "unlink", "rename"):
            return is_end and self._rename(call, text)
        if call in ("fsync", "fdatasync"):
            return is_end and text.endswith("= 0") and self._sync(where)
        name = self._name(where)
        return bool(name) and not is_end and self._write(self.files[name], call, text)

    def _rename(self, call, text):
        name = self._name(HEX.search(text).group(1))
        if not name or " = -1" in text:
            return False
        assert call != "rename", "a database file is never renamed"
        if call == "unlink":
            self.files[name].is_unlinked = True
        elif name not in self.files or self.files[name].is_unlinked:
            self.files[name] = File()
        return True

    def _sync(self, where):
        name = self._name(where)
        if name:
            self.files[name].sync()
        elif plain(where).decode(errors="replace") == self.folder:
            self.files = {name: file for name, file in self.files.items() if not file.is_unlinked}
            for file in self.files.values():
                file.is_named = True
        return False  # less may be missing now, and nothing new be there

    def _write(self, file, call, text):
        numbers = [int(number) for number in re.findall(r", (\d+)", re.sub(HEX, "", text))]
        if call == "pwrite64":
            file.pending.append((numbers[1], plain(HEX.search(text).group(1))))
        elif call == "ftruncate":
            file.pending.append((numbers[0], None))
        else:
            assert call == "fallocate", f"{call} of a database file"
            file.pending.append((numbers[1] + numbers[2] - 1, b"\0"))
        return True

    def images(self, rng):
        """One state of the folder: {name: bytes}."""
        found = {name: file.image(rng) for name, file in self.files.items()}
        return {name: content for name, content in found.items() if content is not None}
