"""Bounds the memory that one request can take."""

from collections.abc import Awaitable, Callable

# Our choice: a request of the page names files and boxes, and is small. Files
# come by the way of uploads, which Gradio writes to the disk as they arrive.
LARGEST_BODY = 2**20
UPLOADS = '/gradio_api/upload'


class BodyLimit:
    """An ASGI application around another, which refuses large requests.

    Gradio limits uploads, but would read any other request into memory.

    Args:
        app (callable): The application
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(
        self, scope: dict, receive: Callable, send: Callable
    ) -> None:
        """Pass a request on, or answer with status 413."""
        if scope['type'] != 'http' or scope['path'].endswith(UPLOADS):
            await self.app(scope, receive, send)
            return
        messages, length, more = [], 0, True
        while more:
            message = await receive()
            messages.append(message)
            length += len(message.get('body', b''))
            more = message.get('more_body', False)
            if length > LARGEST_BODY:
                await send(
                    dict(
                        type='http.response.start',
                        status=413,
                        headers=[(b'connection', b'close')],
                    )
                )
                await send(dict(type='http.response.body', body=b''))
                return

        async def replay() -> dict:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, replay, send)
