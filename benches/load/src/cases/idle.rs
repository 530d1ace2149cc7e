//! The memory of an idle connection to `/`.

use std::sync::Arc;

use anyhow::Result;

use super::{Samples, size};
use crate::crowd::{Crowd, Plan, Transport};
use crate::statistics::kilobytes_each;
use crate::target::Target;
use crate::wait::{PATIENCE, settled_memory};
use crate::wire::ROOT;

pub(super) async fn run(target: &Target, quick: bool) -> Result<Samples> {
    let (warm_up, idle) = size(quick, (100, 10_000), (10, 300));
    let plan = Plan {
        transport: Transport::WebSocket,
        namespace: ROOT,
        token: None,
        rate: size(quick, 1_600, 300),
        listener: Arc::new(|_| {}),
    };
    let mut crowd = Crowd::new();
    crowd.add(target, &plan, warm_up).await?;
    target.collect_garbage().await?;
    let before = settled_memory(target.process(), PATIENCE).await?;
    crowd.add(target, &plan, idle).await?;
    target.collect_garbage().await?;
    let after = settled_memory(target.process(), PATIENCE).await?;
    crowd.must_be_whole()?;
    Ok(Samples::from([(
        "memory-kb",
        kilobytes_each(before, after, idle),
    )]))
}
