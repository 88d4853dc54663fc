use litmus::*;
pub trait CondExt { fn eval(&self, f: &dyn Fn(Term)->Value)->bool; }
impl CondExt for Cond { fn eval(&self, f: &dyn Fn(Term)->Value)->bool { match self {
 Cond::True=>true, Cond::False=>false, Cond::Eq(t,v)=>f(*t)==*v, Cond::EqTerm(a,b)=>f(*a)==f(*b),
 Cond::Not(a)=>!CondExt::eval(&**a,f), Cond::And(a,b)=>CondExt::eval(&**a,f)&&CondExt::eval(&**b,f), Cond::Or(a,b)=>CondExt::eval(&**a,f)||CondExt::eval(&**b,f), Cond::Implies(a,b)=>!CondExt::eval(&**a,f)||CondExt::eval(&**b,f)}}}
fn terms(c:&Cond,o:&mut Vec<Term>){match c{Cond::Eq(t,_)=>o.push(*t),Cond::EqTerm(a,b)=>o.extend([*a,*b]),Cond::Not(a)=>terms(a,o),Cond::And(a,b)|Cond::Or(a,b)|Cond::Implies(a,b)=>{terms(a,o);terms(b,o)},_=>{}}}
pub trait TestExt { fn observed(&self)->Vec<Term>; fn format_state(&self,v:&[Value])->String; }
impl TestExt for Test {
 fn observed(&self)->Vec<Term>{ let mut o=self.locations.clone(); if let Some(c)=&self.condition {terms(&c.cond,&mut o);} 
  o.sort_by_key(|t| match t {Term::Reg(a,r)=>(0,*a,self.threads[*a as usize].regs[r.0 as usize].name.clone()),Term::Var(v)=>(1,0,self.vars[v.0 as usize].name.clone())}); o.dedup(); o }
 fn format_state(&self,v:&[Value])->String{ self.observed().iter().zip(v).map(|(t,v)|{ let v=match v {Value::Int(n)=>n.to_string(),Value::Addr(a)=>self.vars[a.0 as usize].name.clone()}; match t {Term::Reg(a,r)=>format!("{}:{}={};",a,self.threads[*a as usize].regs[r.0 as usize].name,v),Term::Var(x)=>format!("[{}]={};",self.vars[x.0 as usize].name,v)}}).collect::<Vec<_>>().join(" ") }
}
