//! Modules are split, and both halves together must do what the whole does.

mod behaviour;
mod bounds;
mod constants;
mod damage;
mod linked;
mod order;
mod places;
mod profile;
mod random;
mod running;
mod tool;
