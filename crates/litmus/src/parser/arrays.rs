//! Arrays of the init block: `int x[2] = {1, 2};`.
//!
//! herd adds bytes to an address, whatever it points to: `x + 4` is where `x[1]` of an array of
//! `int` is. Such a sum with a number is that element; where others lead, the run tells.

use super::{Parser, Res};
use crate::ast::*;
use crate::final_state::Shown;
use crate::lexer::{Tok, span};
use crate::limits;

impl Parser<'_> {
    /// From the `[` behind the name of the first element on; its values too.
    pub(super) fn init_array(&mut self, first: VarId) -> Res<()> {
        self.next();
        let length = match self.peek().tok {
            Tok::Int(n @ 1..) => usize::try_from(n).unwrap_or(usize::MAX),
            _ => return self.expected("the number of elements"),
        };
        self.next();
        self.expect(Tok::RBracket, "`]`")?;
        let Some(var) = self.test.vars.get(usize::from(first.0)).cloned() else {
            return Err(crate::diag::Reported);
        };
        let at = span(var.span.start as usize, self.last_span().end as usize);
        let Some(shown) = Shown::of(&var.ty).filter(|_| var.declared) else {
            let help = Some(format!("write `int {}[{length}]`", var.name));
            let message = "an array has a type of known size";
            return Err(self.sink.error_help(at, message, help));
        };
        if self
            .test
            .arrays
            .iter()
            .any(|array| array.elements.contains(&first))
        {
            return Err(self
                .sink
                .error(at, format!("`{}` is an array twice", var.name)));
        }
        if length > limits::VARIABLES {
            let n = limits::VARIABLES;
            return Err(self.sink.error(at, format!("more than {n} elements")));
        }
        let mut elements = vec![first];
        for index in 1..length {
            let id = self.var(&format!("{}[{index}]", var.name), &var.ty, var.span)?;
            elements.push(id);
        }
        for id in &elements {
            if let Some(element) = self.test.vars.get_mut(usize::from(id.0)) {
                element.declared = true;
            }
            self.set_init(id.0, Value::Int(0));
        }
        let values = elements.clone();
        self.test.arrays.push(Array {
            elements,
            stride: shown.bytes(),
            whole: false,
        });
        if self.eat(Tok::Assign) {
            self.expect(Tok::LBrace, "`{` and the values of the elements")?;
            let read = self.element_values(&values);
            while read.is_err() && !matches!(self.peek().tok, Tok::RBrace | Tok::Semi | Tok::Eof) {
                self.next();
            }
            self.eat(Tok::RBrace);
            return read;
        }
        Ok(())
    }

    /// Up to the `}` behind them.
    fn element_values(&mut self, elements: &[VarId]) -> Res<()> {
        let length = elements.len();
        for (index, id) in elements.iter().enumerate() {
            if index > 0 {
                let what = format!("`,`: the array has {length} elements");
                self.expect(Tok::Comma, &what)?;
            }
            let value = self.element_value()?;
            self.set_init(id.0, value);
        }
        if self.at(Tok::RBrace) {
            return Ok(());
        }
        self.expected(&format!("`}}`: the array has {length} elements"))
    }

    fn element_value(&mut self) -> Res<Value> {
        if !self.at(Tok::Ident) {
            return self.literal().map(Value::Int);
        }
        let at = self.next().span;
        self.warn_of_null(at);
        let id = self.var(self.text(at), "int", at)?;
        Ok(Value::Addr(id))
    }

    /// `x[1]` in a condition, from the name on; nothing when there is no `[` behind it.
    pub(super) fn condition_element(&mut self, name: Span) -> Res<Option<VarId>> {
        let array = self
            .find_var(self.text(name))
            .and_then(|id| self.array_of(id));
        let Some(array) = array.cloned() else {
            return Ok(None);
        };
        let name = self.text(name).to_string();
        if !self.eat(Tok::LBracket) {
            let help = Some(format!("write `{name}[0]`"));
            let message = format!("`{name}` is an array: it equals no number");
            return Err(self.sink.error_help(self.last_span(), message, help));
        }
        let Tok::Int(index) = self.peek().tok else {
            return self.expected("the number of the element");
        };
        let at = self.next().span;
        self.expect(Tok::RBracket, "`]`")?;
        let element = usize::try_from(index)
            .ok()
            .and_then(|i| array.elements.get(i));
        match element {
            Some(id) => Ok(Some(*id)),
            None => {
                let message = format!("`{name}` has {} elements", array.elements.len());
                Err(self.sink.error(at, message))
            }
        }
    }

    /// The array whose first element this is.
    pub(super) fn array_of(&self, first: VarId) -> Option<&Array> {
        let mut arrays = self.test.arrays.iter();
        arrays.find(|array| array.elements.first() == Some(&first))
    }

    /// The element that an array's address and a number lead to, written out. `None` where only the
    /// run can tell, or it is no such sum.
    pub(super) fn beside(&mut self, op: BinOp, a: &Expr, b: &Expr, at: Span) -> Res<Option<Expr>> {
        let (var, number) = match (op, a, b) {
            (BinOp::Add, Expr::Addr(var), Expr::Int(n))
            | (BinOp::Add, Expr::Int(n), Expr::Addr(var)) => (*var, *n),
            (BinOp::Sub, Expr::Addr(var), Expr::Int(n)) => (*var, n.wrapping_neg()),
            _ => return Ok(None),
        };
        let Some((array, index)) = self.test.element(var) else {
            return Ok(None);
        };
        let stride = usize::from(array.stride);
        let from_first = i64::try_from(index * stride)
            .unwrap_or(0)
            .wrapping_add(number);
        let element = usize::try_from(from_first)
            .ok()
            .filter(|bytes| bytes % stride == 0)
            .and_then(|bytes| array.elements.get(bytes / stride));
        if let Some(id) = element {
            return Ok(Some(Expr::Addr(*id)));
        }
        let name = self.test.array_name(array).to_owned();
        let help = format!("an element has {stride} bytes: `{name} + {stride}` is `{name}[1]`");
        let message = "this leads to no element of the array";
        Err(self.sink.error_help(at, message, Some(help)))
    }
}
