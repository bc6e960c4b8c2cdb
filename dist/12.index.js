export const id=12,ids=[12],modules={1012:((d,s,o)=>{o.d(s,{fromEnv:()=>_.sF});var _=o(3615)})};
