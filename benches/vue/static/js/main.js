// Shared by the game's pages: the size of a rem, the app's windows, storage, and calls.

function fitRoot() {
	const root = document.documentElement;
	const fit = () => {
		const width = root.clientWidth;
		root.style.fontSize = width < 1200 ? width * 0.03 + "px" : "12px";
	};
	window.addEventListener("resize", fit);
	fit();
}

class Game {
	constructor() {
		// A plain browser has no `api`: its own stores replace it.
		this.app = typeof window.api === "object" ? window.api : null;
	}

	print(value) {
		console.log(value);
	}

	notify(message) {
		if (this.app) this.app.toast({ msg: message, duration: 3000, location: "middle" });
		else this.print(message);
	}

	// In memory, for all windows.
	keep(values) {
		for (const key of Object.keys(values)) {
			if (this.app) this.app.setGlobalData({ key, value: values[key] });
			else sessionStorage.setItem(key, values[key]);
		}
	}

	recall(key) {
		return (this.app ? this.app.getGlobalData({ key }) : sessionStorage.getItem(key)) || "";
	}

	forget(...keys) {
		for (const key of keys) {
			if (this.app) this.app.setGlobalData({ key, value: "" });
			else sessionStorage.removeItem(key);
		}
	}

	// On the device.
	store(values) {
		for (const key of Object.keys(values)) {
			if (this.app) this.app.setPrefs({ key, value: values[key] });
			else localStorage.setItem(key, values[key]);
		}
	}

	stored(key) {
		return (this.app ? this.app.getPrefs({ key, sync: true }) : localStorage.getItem(key)) || "";
	}

	discard(...keys) {
		for (const key of keys) {
			if (this.app) this.app.removePrefs({ key });
			else localStorage.removeItem(key);
		}
	}

	openWindow(name, url, pageParam) {
		const animation = { type: "push", subType: "from_right", duration: 300 };
		if (this.app) this.app.openWin({ name, url, pageParam, bounces: false, reload: true, animation });
		else location.href = url;
	}

	closeWindow(name) {
		if (this.app) this.app.closeWin({ name });
		else history.back();
	}

	call(page, method, params, token) {
		const headers = token ? { Authorization: "jwt " + token } : {};
		return axios
			.post(page.settings.api, { jsonrpc: "2.0", id: uuid(), method, params }, { headers })
			.then((response) => response.data.result || { errno: 1001, errmsg: "no result" });
	}

	// Continues with a valid token; without one, opens the login page.
	checkout(page, token, next) {
		if (!token) return this.login(page);
		this.call(page, "User.check", {}, token)
			.then((result) => {
				if (result.errno === 1000) next(token);
				else if (result.errno === 1005) this.refresh(page, next);
				else this.login(page);
			})
			.catch((error) => this.notify(error.message));
	}

	refresh(page, next) {
		const inMemory = this.recall("refresh_token");
		const token = inMemory || this.stored("refresh_token");
		if (!token) return this.login(page);
		this.call(page, "User.refresh", {}, token)
			.then((result) => {
				if (result.errno !== 1000) return this.login(page);
				const fresh = { access_token: result.access_token };
				if (inMemory) this.keep(fresh);
				else this.store(fresh);
				next(result.access_token);
			})
			.catch((error) => this.notify(error.message));
	}

	login(page) {
		const { name, url } = page.settings.login;
		this.openWindow(name, url, {});
	}
}

Vue.prototype.game = new Game();
