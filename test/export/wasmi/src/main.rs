// in-wasmi MODULE: tests the module in wasmi, and prints the words in the raw sound on stdin: 16-bit, mono, 16 kHz.
use std::io::Read;
use wasmi::{Config, Engine, Instance, Linker, Module, Store, TypedFunc};

fn function<A: wasmi::WasmParams, R: wasmi::WasmResults>(i: &Instance, s: &Store<()>, name: &str) -> TypedFunc<A, R> {
    i.get_typed_func::<A, R>(s, name).expect(name)
}

fn main() {
    let path = std::env::args().nth(1).expect("a module");
    let mut config = Config::default();
    config.wasm_custom_page_sizes(true);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, std::fs::read(path).expect("a file")).expect("a module");
    let mut store = Store::new(&engine, ());
    let instance = Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module).expect("an instance");
    let memory = instance.get_memory(&store, "memory").expect("memory");
    println!("memory {}", memory.data_size(&store));
    let stage = function::<(), i32>(&instance, &store, "selfTest").call(&mut store, ()).expect("selfTest");
    println!("self test {stage}");
    let query = function::<i32, i32>(&instance, &store, "query");
    let listen = function::<i32, i32>(&instance, &store, "listen");
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).expect("sound");
    let samples = query.call(&mut store, 3).expect("query") as usize;
    let (mut at, mut piece) = (0, 192); // then frames end with pieces
    while at + 2 * piece <= bytes.len() {
        memory.write(&mut store, samples, &bytes[at..at + 2 * piece]).expect("memory");
        at += 2 * piece;
        let heard = listen.call(&mut store, piece as i32).expect("listen");
        piece = 320;
        if heard != 1 {
            continue;
        }
        let word = query.call(&mut store, 18).expect("query");
        if word >= 0 {
            println!("{word} {}", at / 2);
        }
    }
}
