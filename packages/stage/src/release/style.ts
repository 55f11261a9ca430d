/** The dress of a release's pages: light and dark, paper and phone. */
export const STYLE = `:root{color-scheme:light dark;--bg:#f7f1e4;--card:#fffaf0;--ink:#241d14;--dim:#655a49;--line:#ddceae;--sea:#16697a;--on:#fff;--wave:#c9b58c}
@media(prefers-color-scheme:dark){:root{--bg:#12151a;--card:#181c23;--ink:#eef0ee;--dim:#a3adb8;--line:#2b323d;--sea:#4fb8c9;--on:#06222a;--wave:#4a5563}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.5 Onest,system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;padding-bottom:5rem}
header,main,footer{max-width:60rem;margin:auto;padding:0 1rem}
header nav{display:flex;gap:1rem;padding:1rem 0;justify-content:flex-end;color:var(--dim)}
a{color:var(--sea)}
.top{display:flex;gap:2rem;align-items:center;margin-bottom:2rem}
.top>*{min-width:0}
.top img{width:min(20rem,40vw);height:auto;border-radius:12px;flex:none}
h1{font-size:clamp(1.8rem,5vw,3rem);line-height:1.1;margin:.2rem 0;overflow-wrap:anywhere}
.name{flex:1;min-width:0;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:0}
small{color:var(--dim)}
.acts{display:flex;flex-wrap:wrap;gap:.5rem}
h3{font-size:1rem}
.kind,.time,footer{color:var(--dim)}
.artist{font-size:1.2rem;margin:.2rem 0 1rem}
.tracks{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
.tracks>li{border-bottom:1px solid var(--line);padding:.8rem 0}
.row{display:flex;align-items:center;gap:.8rem}
button,.button{font:inherit;min-height:2.75rem;min-width:2.75rem;border:0;border-radius:1.4rem;padding:.4rem 1rem;background:var(--line);color:var(--ink);cursor:pointer;text-decoration:none;display:inline-block}
button.play{padding:0}
.main,li[aria-current] .play,#toggle{background:var(--sea);color:var(--on)}
:focus-visible{outline:3px solid var(--sea);outline-offset:2px}
.wave{display:block;width:100%;height:2.5rem;margin:.4rem 0}
.wave path{stroke:var(--wave);stroke-width:2.2;fill:none}
li[aria-current] .wave path{stroke:var(--sea)}
audio{width:100%}
details{color:var(--dim)}
summary{cursor:pointer;min-height:2rem}
pre{font:inherit;white-space:pre-wrap;color:var(--ink)}
footer{padding-top:2rem}
[hidden]{display:none!important}
#player{position:fixed;inset:auto 0 0;display:flex;gap:.5rem;align-items:center;background:var(--card);border-top:1px solid var(--line);padding:.5rem 1rem}
#player button{padding:0;flex:none}
#previous svg{transform:scaleX(-1)}
#now{flex:1 1 8rem;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
#player input{flex:2 1 8rem;min-width:4rem;accent-color:var(--sea)}
@media(max-width:40rem){.top{flex-direction:column;align-items:flex-start;gap:1rem}.top img{width:100%}}
@media print{#player,audio,button,.button,header{display:none!important}details>*{display:block}}
`;
