from typing import ClassVar, Self

from gi.repository import Gtk, WebKit2

class BrowserView:
    instances: ClassVar[dict[str, Self]]
    window: Gtk.ApplicationWindow
    webview: WebKit2.WebView
    manager: WebKit2.UserContentManager
    def on_load_finish(self, webview: WebKit2.WebView, status: WebKit2.LoadEvent) -> None: ...
    def on_navigation(
        self,
        webview: WebKit2.WebView,
        decision: WebKit2.PolicyDecision,
        decision_type: WebKit2.PolicyDecisionType,
    ) -> None: ...
    def on_request(
        self, webview: WebKit2.WebView, resource: WebKit2.WebResource, request: WebKit2.URIRequest
    ) -> None: ...
