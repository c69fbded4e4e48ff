//! `qingshan serve`: the web application and the API, for this machine.

use std::path::Path;
use std::process::ExitCode;

use super::failure::Failure;
use super::{Lang, output};
use crate::http::{self, ServeError, ServeOptions, Server};
use crate::store::Store;

/// What is served where.
#[derive(clap::Args)]
pub struct Args {
    /// 监听地址，只能是本机；端口 0 为任意空闲端口 / address of this machine to listen on; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8080", env = "QINGSHAN_LISTEN")]
    listen: String,
}

/// Serves until the process is asked to end.
pub fn run(args: &Args, data_dir: &Path, _lang: Lang) -> Result<ExitCode, Failure> {
    http::begin_log();
    let runtime = tokio::runtime::Runtime::new()?;
    let store = Store::open(data_dir)?;
    let served = runtime.block_on(async {
        let server = Server::bind(ServeOptions {
            store,
            listen: args.listen.clone(),
        })
        .await?;
        announce(&server);
        server.run(http::end_asked()).await;
        Ok::<_, ServeError>(())
    });
    // Work that an answer no longer waits for must not keep the process.
    runtime.shutdown_background();
    served?;
    output::line("已停止 / stopped");
    Ok(ExitCode::SUCCESS)
}

/// In both languages: whoever starts the server may not be whoever reads its terminal.
fn announce(server: &Server) {
    let address = server.address();
    output::line(&format!("青山已启动：http://{address}"));
    output::line("目前还没有账户，只接受本机访问；按 Ctrl-C 停止。");
    output::line(&format!("Qingshan is running: http://{address}"));
    output::line("There are no accounts yet, so it listens on this machine only; Ctrl-C stops it.");
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        let en = error.to_string();
        match error {
            ServeError::NoAddress { listen } => Self::usage(
                format!("{listen:?} 不是可用的监听地址；请写成 127.0.0.1:8080 这样"),
                en,
            ),
            ServeError::NotLoopback { address } => Self::usage(
                format!(
                    "其他机器可以访问 {address}，而青山目前还没有账户，只能监听本机；请用 127.0.0.1、::1 或 localhost"
                ),
                en,
            ),
            ServeError::Bind { address, source } => Self::other(
                format!(
                    "无法监听 {address}（{source}）；请用 --listen 换一个端口，或用 127.0.0.1:0 任选空闲端口"
                ),
                en,
            ),
        }
    }
}
