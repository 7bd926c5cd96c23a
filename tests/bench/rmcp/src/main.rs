// SPDX-License-Identifier: Apache-2.0
//! The same echo tool on rmcp, the official Rust SDK, in the cheapest way it offers: a handler written
//! by hand, no sessions, JSON answers, no Nagle. rmcp-echo http PORT | rmcp-echo stdio
use std::sync::Arc;

use axum::serve::ListenerExt;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::json;

#[derive(Clone)]
struct Echo {
    tool: Arc<Tool>,
}

impl Echo {
    fn new() -> Self {
        let text = json!({
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
        });
        let schema = text.as_object().expect("an object").clone();
        Echo { tool: Arc::new(Tool::new("echo", "Answers with the text it was given.", schema)) }
    }
}

impl ServerHandler for Echo {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        (name == "echo").then(|| (*self.tool).clone())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![(*self.tool).clone()]))
    }

    // structured() answers with structured content, as Toolpost's echo does, and with its JSON as text.
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let text = request.arguments.as_ref().and_then(|given| given.get("text")).and_then(|text| text.as_str());
        match text {
            Some(text) if request.name == "echo" => {
                Ok(CallToolResult::structured(json!({"text": text})).into())
            }
            _ => Err(ErrorData::invalid_params("echo takes a text", None)),
        }
    }
}

async fn serve_http(port: u16) -> std::io::Result<()> {
    let settings = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None);
    let echo = Echo::new();
    let service =
        StreamableHttpService::new(move || Ok(echo.clone()), Arc::new(NeverSessionManager::default()), settings);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?.tap_io(|stream| {
        stream.set_nodelay(true).expect("TCP_NODELAY");
    });
    axum::serve(listener, axum::Router::new().route_service("/mcp", service)).await
}

async fn serve_stdio() {
    let running = Echo::new().serve(rmcp::transport::stdio()).await.expect("stdio");
    running.waiting().await.expect("the end of stdin");
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match arguments.get(1).map(String::as_str) {
        Some("stdio") => runtime.block_on(serve_stdio()),
        Some("http") => {
            let port = arguments.get(2).and_then(|port| port.parse().ok()).expect("a port");
            runtime.block_on(serve_http(port)).expect("http");
        }
        _ => panic!("rmcp-echo http PORT | stdio"),
    }
}
