"""The entry point: turns what cannot be done into a sentence and an exit code."""

from __future__ import annotations

import os
import sys

DLT = {
    # Nothing is sent to anybody but the providers.
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # dlt logs what it loads, and where; our own messages say what a person needs.
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # Staging opens raw rows load by load.
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    # Loaded packages would keep personal data.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
}
"""How dlt must run here, whichever folder the command is called in; the same stands in `.dlt/config.toml`."""


def main() -> None:
    """Runs the command line."""
    # dlt reads them when it is imported.
    os.environ.update(DLT)
    from .failures import CannotDo, Exit

    try:
        # It takes a moment, in which a person may change their mind, too.
        from .cli import app

        app(standalone_mode=True)
    except CannotDo as problem:
        print(problem.sentence, file=sys.stderr)  # noqa: T201
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing that was paid for is lost; the next `leadhouse sync` goes on from here.\n")
        sys.exit(Exit.STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.COMPLETE)
    except Exception as error:
        _report_bug(error)
        sys.exit(Exit.BUG)


def _report_bug(error: Exception) -> None:
    """Says that it is our bug; where it happened goes to a file, what it was about to nobody."""
    import traceback

    # Only types and places: messages of libraries quote data and connection strings.
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 10:
        where = traceback.extract_tb(cause.__traceback__)[-1:]
        place = f" at {os.path.basename(where[0].filename)}:{where[0].lineno}" if where else ""
        chain.append(f"{type(cause).__name__}{place}")
        cause = cause.__cause__ or cause.__context__
    print(  # noqa: T201
        "This is a bug in Leadhouse: " + ", caused by ".join(chain) + ". Nothing that was paid for is lost; "
        "`leadhouse sync` goes on from here. Set LEADHOUSE_TRACEBACK=1 to see the whole traceback (it may hold data).",
        file=sys.stderr,
    )
    if os.environ.get("LEADHOUSE_TRACEBACK") == "1":
        traceback.print_exception(error)


if __name__ == "__main__":
    main()
