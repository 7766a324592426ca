import pytest
from tests.browser.test_chromium import *
from tests.browser import test_chromium as t
pytestmark=[]
def test_probe(house):
    out=[]
    with house.page_of("manager-en", viewport={"width":390,"height":900}, color_scheme="dark") as page:
        wrong=watch(page.context, house.address)
        for n,p in addresses(house).items():
            r=page.goto(house.address+p)
            out.append((n,r.status,page.locator("[data-chart]").count(),page.locator("[data-drawn=yes]").count(),page.title(),page.url==house.address+p, page.evaluate("getComputedStyle(document.body).backgroundColor")))
            draw_charts(page)
            out.append(page.locator("[data-drawn=yes]").count())
        page.goto(house.address+"/runs/"+house.run+"/")
        print(faults_of(page), wrong)
        page.evaluate("""()=>{const d=document.createElement('div');d.innerHTML='<img src="/x.png"><p style="color:#777;background:#888">low</p>';document.querySelector('main').append(d);const w=document.createElement('div');w.className='x';w.style.width='2000px';w.style.height='5px';d.append(w);console.error('boo');setTimeout(()=>{throw new Error('thrown')},0);}""")
        page.evaluate("()=>{const p=document.querySelector('main p:last-child');p.style.color='#777';p.style.background='#888'; fetch('http://127.0.0.1:9/x').catch(()=>0)}")
        page.wait_for_function("performance.now()>0")
        r=Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
        print("passes",len(r["passes"]),"incomplete",[ (i["id"],len(i["nodes"])) for i in r["incomplete"]], r["testEngine"])
        for f in faults_of(page): print("F",f[:200])
        for w in wrong: print("W",w)
    for o in out: print(o)
    # what the run's verdict page says
    with house.page_of("manager-ja") as page:
        page.goto(house.address+"/runs/"+house.run+"/"); print(page.locator("main").inner_text()[:1500])
