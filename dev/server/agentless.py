"""REST: prints of printers that have no agent, which somebody else reports and has judged."""

from aiohttp import web

from ..json_types import JsonValue
from .answers import detail
from .printer import Printer
from .rest import PRINTER, json_body, succeeded, with_printer

NOT_PRINTING = "Printer is not currently printing."


async def start_print(request: web.Request, printer: Printer) -> web.Response:
    """Open the record of a print, and close that of a print that goes on, whoever prints it."""
    if not (filename := (await json_body(request)).get("filename")):
        return web.json_response({"filename": "This field is required."}, status=400)
    printer.end_print(finished=True)
    printer.begin_print(str(filename).strip())
    printer.push()
    return succeeded(printer)


async def finish_print(request: web.Request, printer: Printer) -> web.Response:
    """Close the record of a print."""
    status = (await json_body(request)).get("status", "success")
    if not printer.current_print:
        return detail(404, NOT_PRINTING)
    printer.end_print(finished=status != "cancelled")
    printer.push()
    return succeeded(printer)


async def predict(request: web.Request, printer: Printer) -> web.Response:
    """Judge a picture, which becomes part of the current print's score."""
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPUnsupportedMediaType(
            text='{"detail": "Unsupported media type in request."}',
            content_type="application/json",
        )
    if (job := printer.current_print) is None:
        return detail(404, NOT_PRINTING)
    picture = (await request.post()).get("img")
    if not isinstance(picture, web.FileField):
        return web.json_response({"img": "This field is required."}, status=400)
    printer.state.judged.append(picture.file.read())
    detections = list(printer.state.detections)
    score = sum(float(str(row[-2])) for row in detections if isinstance(row, list))
    # Unlike an agent's pictures these raise no alert, and pause nothing.
    job.scores.append(score)
    printer.normalized_p = min(1.0, score)
    printer.push()
    statistics: JsonValue = {
        "ewm_mean": score,
        "rolling_mean_short": score,
        "rolling_mean_long": score,
        "prediction_num": len(job.scores),
        "prediction_num_lifetime": len(job.scores),
    }
    return web.json_response(
        {
            "result": {
                "p": score,
                "temporal_stats": statistics,
                "detections": detections,
            }
        }
    )


ROUTES = [
    web.post(f"{PRINTER}start_print/", with_printer(start_print)),
    web.post(f"{PRINTER}finish_print/", with_printer(finish_print)),
    web.post(f"{PRINTER}predict/", with_printer(predict)),
]
