// Where the servers are.
Vue.prototype.settings = {
	api: "/api",
	socket_server: "",
	socket_namespace: "/mofang",
	home: "/",
	login: { name: "login", url: "login.html" },
};
