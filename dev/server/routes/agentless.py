"""REST: prints of printers without an agent, and the detection in any picture."""

from aiohttp import web

from ..answers import detail, ok
from ..detection import predict
from ..printer import Printer
from .api import PRINTER, json_body, succeeded, unsupported_media_type, with_printer
from .context import STATE

NOT_PRINTING = "Printer is not currently printing."


def is_required(field: str) -> web.Response:
    """Return the error for a missing field."""
    return ok({field: "This field is required."}, status=400)


async def start_print(request: web.Request, printer: Printer) -> web.Response:
    """Open the record of a print, and close that of a running print, also of an agent's."""
    if not (filename := (await json_body(request)).get("filename")):
        return is_required("filename")
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


async def post_picture(request: web.Request, printer: Printer) -> web.Response:
    """Judge a picture, which becomes part of the current print's statistics.

    Unlike the pictures of an agent these raise no alert, and pause nothing.
    """
    if not request.content_type.startswith("multipart/"):
        raise unsupported_media_type(request)
    if (job := printer.current_print) is None:
        return detail(404, NOT_PRINTING)
    picture = (await request.post()).get("img")
    if not isinstance(picture, web.FileField):
        return is_required("img")
    state = request.app[STATE]
    state.judged.append(picture.file.read())
    detections = list(state.detections)
    score = sum(float(str(row[-2])) for row in detections if isinstance(row, list))
    prediction = predict(state, printer, job, score, min(1.0, score))
    printer.push()
    return ok(
        {
            "result": {
                "p": score,
                "temporal_stats": {
                    "ewm_mean": prediction.ewm_mean,
                    "rolling_mean_short": prediction.rolling_mean_short,
                    "rolling_mean_long": prediction.rolling_mean_long,
                    "prediction_num": prediction.current_frame_num,
                    "prediction_num_lifetime": prediction.lifetime_frame_num,
                },
                "detections": detections,
            }
        }
    )


ROUTES = [
    web.post(f"{PRINTER}start_print/", with_printer(start_print)),
    web.post(f"{PRINTER}finish_print/", with_printer(finish_print)),
    web.post(f"{PRINTER}predict/", with_printer(post_picture)),
]
