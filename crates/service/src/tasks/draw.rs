//! Pictures and texts of a session.

use std::sync::Arc;

use protocol::Reply;
use protocol::draw::{Panel, Position};
use session::Session;

use super::{Clock, Program, Shared};

/// See the module.
pub struct Task {
    session: Session,
    panel: Panel,
}

impl Task {
    /// Draws a panel of the session that stands there.
    ///
    /// # Errors
    /// When the machine cannot run the test.
    pub fn new(program: &Program, position: &Position, panel: Panel) -> Result<Task, String> {
        let Position {
            id,
            model,
            steps,
            at,
        } = position;
        let session = Session::new(id.clone(), Arc::clone(&program.test))
            .and_then(|session| {
                let session = session.with_source(&program.source);
                session.resume(
                    program.setting.clone(),
                    model,
                    program.flavour,
                    steps,
                    *at as usize,
                )
            })
            .map_err(|error| error.message)?;
        Ok(Task { session, panel })
    }
}

impl super::Task for Task {
    fn stride(&mut self, _: &mut Shared, _: Clock<'_>) -> bool {
        true
    }

    fn reply(&mut self) -> Reply {
        Reply::Drawn(Box::new(picture::draw::draw(&self.session, &self.panel)))
    }
}
